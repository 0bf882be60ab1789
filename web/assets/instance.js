// The diagrams of an instance with what is done, active and overdue. Everything they say also
// stands in the list of steps, so nothing is lost where this does not run.
import Viewer from 'bpmn-js/lib/NavigatedViewer';

const START_ZOOM = 1; // never larger than life
const READABLE = 0.85; // smaller than this nobody reads the names
const MARGIN = 0.96; // of the window, so that nothing touches its edge
const STEP = 1.25;

async function read(url) {
  const answer = await fetch(url, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).diagrams;
}

function fit(canvas) {
  canvas.zoom('fit-viewport', 'auto');
  canvas.zoom(Math.min(canvas.zoom() * MARGIN, START_ZOOM), 'auto');
}

// A picture too large to be read as a whole opens where the work is now.
function open(viewer, diagram) {
  const canvas = viewer.get('canvas');
  fit(canvas);
  const now = Object.keys(diagram.elements)
    .filter((id) => ['active', 'overdue'].includes(diagram.elements[id]))
    .map((id) => viewer.get('elementRegistry').get(id))
    .filter(Boolean)
    .sort((a, b) => a.width * a.height - b.width * b.height);
  if (canvas.zoom() >= READABLE || !now.length) return;
  const { outer } = canvas.viewbox();
  const [width, height] = [outer.width / READABLE, outer.height / READABLE];
  const [x, y] = [now[0].x + now[0].width / 2, now[0].y + now[0].height / 2];
  canvas.viewbox({ x: x - width / 2, y: y - height / 2, width, height });
}

function mark(viewer, diagram, names) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const [id, state] of Object.entries(diagram.elements)) {
    const element = registry.get(id);
    if (!element) continue;
    canvas.addMarker(id, `gc-mark-${state}`);
    if ((element.children || []).some((each) => each.type !== 'label')) canvas.addMarker(id, 'gc-mark-around');
  }
  registry.forEach((element) => {
    if (element.labelTarget) return;
    const called = element.businessObject.get && element.businessObject.get('calledElement');
    if (called && names.has(called)) canvas.addMarker(element, 'gc-mark-opens');
    if (element.type !== 'bpmn:SequenceFlow') return;
    const ends = [element.source, element.target].map((end) => diagram.elements[end.id]);
    if (ends[0] === 'done' && ends[1]) canvas.addMarker(element, 'gc-mark-done');
  });
}

// Who acts stands at the foot of every step, on a band of the colour its kind of post has.
function label(viewer, diagram) {
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  for (const [id, words] of Object.entries(diagram.roles)) {
    if (!registry.get(id)) continue;
    const html = document.createElement('div');
    html.className = 'gc-role';
    html.textContent = words;
    const drawn = registry.get(id).di;
    const band = drawn && drawn.get('color:background-color');
    if (band) html.style.backgroundColor = band;
    overlays.add(id, { position: { bottom: 18, left: 2 }, html, scale: true, show: {} });
  }
}

async function start(panel) {
  const diagrams = await read(panel.dataset.diagrams);
  if (!diagrams.length) return;
  panel.hidden = false;
  const viewer = new Viewer({ container: panel.querySelector('#canvas') });
  const canvas = viewer.get('canvas');
  const names = new Map(diagrams.map((diagram) => [diagram.key, diagram]));
  const tabs = panel.querySelector('[data-tabs]');

  async function show(diagram) {
    await viewer.importXML(diagram.xml);
    mark(viewer, diagram, names);
    label(viewer, diagram);
    open(viewer, diagram);
    for (const tab of tabs.children) {
      tab.setAttribute('aria-pressed', String(tab.dataset.key === diagram.key));
    }
  }

  // Shared parts the instance has not come to yet stay out of the way.
  const used = diagrams.filter((diagram, place) => !place || Object.keys(diagram.elements).length);
  if (used.length > 1) {
    for (const diagram of used) {
      const tab = document.createElement('button');
      tab.type = 'button';
      tab.dataset.key = diagram.key;
      tab.textContent = diagram.name;
      tab.addEventListener('click', () => show(diagram));
      tabs.append(tab);
    }
  }
  viewer.get('eventBus').on('element.click', (event) => {
    const object = event.element.businessObject;
    const called = object && object.get && object.get('calledElement');
    if (names.has(called)) show(names.get(called));
  });
  panel.querySelector('[data-fit]').addEventListener('click', () => fit(canvas));
  panel.querySelector('[data-in]').addEventListener('click', () => canvas.zoom(canvas.zoom() * STEP, 'auto'));
  panel.querySelector('[data-out]').addEventListener('click', () => canvas.zoom(canvas.zoom() / STEP, 'auto'));
  window.addEventListener('resize', () => canvas.resized());
  await show(diagrams[0]);
  panel.dataset.ready = '';
}

const panel = document.querySelector('[data-diagrams]');
if (panel) {
  start(panel).catch(() => {
    panel.hidden = true;
  });
}
