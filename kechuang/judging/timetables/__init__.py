"""Timetables for defences and site visits."""

from kechuang.judging.timetables.facts import Defence, Panel, Plan, Room, Sitting, Slot, Timetable, Weights
from kechuang.judging.timetables.sheets import by_panel, by_room, icalendar, of_person
from kechuang.judging.timetables.timetable import free_places, move_entry, timetable

__all__ = [
    "Defence",
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
    "timetable",
]
