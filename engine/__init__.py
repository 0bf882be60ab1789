"""The engine: executes any BPMN procedure; knows nothing of documents, meetings or Flask.

A module directly in this package is a door and may be used from outside. A sub-folder is
private, and is the only speaker of one library: `spiff` of SpiffWorkflow, `storage` of
SQLAlchemy, `scheduling` of APScheduler.

Doors:
    startup       builds the Engine (storage, clocks, procedures, calendar) from settings
    procedure     what a procedure declares; the vocabulary shared with `processes`
    definitions   deploy, version, check and list process definitions
    instances     start, message, cancel and read process instances
    tasks         worklist, claim, complete, draft: the user tasks of people
    timers        fire_due(): the sweep that fires what is due
    directory     people, posts, organisations, absences, substitutions
    accounts      sign-in, sessions, tokens
    registers     cross-instance records and number series
    attachments   files, content-addressed
    calendar      working days and deadlines (pure)
    expressions, decisions, forms   (pure)
    history       what happened, who, for whom, when; hash-chained
    backup        one consistent copy of database and files, and back
    clock, settings, errors
"""
