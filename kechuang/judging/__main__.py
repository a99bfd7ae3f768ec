"""`python -m kechuang.judging assign|rank|timetable …` for an organiser who has only a spreadsheet."""

import sys

from kechuang.judging.command import main

if __name__ == "__main__":
    sys.exit(main())
