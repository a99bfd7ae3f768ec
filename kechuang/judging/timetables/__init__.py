"""Timetables for defences and site visits."""

from kechuang.judging.timetables.facts import Defence, Panel, Plan, Room, Sitting, Slot, Timetable, Weights
from kechuang.judging.timetables.sheets import by_panel, by_room, icalendar, of_person, people_of
from kechuang.judging.timetables.timetable import HardRule, free_places, move_entry, resumed, timetable

__all__ = [
    "Defence",
    "HardRule",
    "Panel",
    "Plan",
    "Room",
    "Sitting",
    "Slot",
    "Timetable",
    "Weights",
    "by_panel",
    "by_room",
    "free_places",
    "icalendar",
    "move_entry",
    "of_person",
    "people_of",
    "resumed",
    "timetable",
]
