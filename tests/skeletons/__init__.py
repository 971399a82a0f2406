"""What a new kind of object and a new rule begin as (`make new-kind NAME=event_log`, `make new-rule NAME=…`).

Where a skeleton cannot know what to say it says FILL IN; a test finds these words as long as they are there. What is
left out of a record the type checker names.
"""
