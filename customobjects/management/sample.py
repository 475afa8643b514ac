"""A believable company for trying things out: what its objects are, and records made of a handful of words.

The same records every time: choices are drawn from a generator with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from random import Random
from typing import Any

Values = dict[str, Any]


def picklist(label: str, *values: str, colors: tuple[str, ...] = (), **more: Any) -> Values:
    """The definition of a picklist field."""
    choices = [{"value": value, "color": color} for value, color in zip_longest(values, colors)]
    return {"label": label, "type": "PICKLIST", "options": {"values": choices}, **more}


def lookup(label: str, target: str, on_delete: str = "set_null", **more: Any) -> Values:
    """The definition of a lookup field."""
    return {"label": label, "type": "LOOKUP", "options": {"target": target, "onDelete": on_delete}, **more}


GREY, BLUE, GREEN, AMBER, RED = "#6b7280", "#2563eb", "#16a34a", "#d97706", "#dc2626"

INTERESTS = ["Automation", "Maintenance", "Safety", "Sustainability"]

OBJECTS: tuple[Values, ...] = (
    {
        "name": "Account",
        "icon": "domain",
        "color": BLUE,
        "description": "Companies that we sell to and serve.",
        "fields": [
            {"label": "Name", "type": "TEXT", "is_required": True, "is_unique": True},
            picklist("Industry", "Energy", "Food", "Logistics", "Manufacturing", "Retail", "Water"),
            picklist("Status", "Prospect", "Customer", "Former", colors=(AMBER, GREEN, GREY)),
            {"label": "Website", "type": "URL"},
            {"label": "Phone", "type": "PHONE", "options": {"region": "US"}},
            {"label": "Annual Revenue", "type": "CURRENCY", "options": {"min": 0}},
            {"label": "Employees", "type": "NUMBER", "options": {"min": 0, "precision": 0}},
            {"label": "Account Manager", "type": "USER"},
            {"label": "Address", "type": "TEXTAREA"},
        ],
    },
    {
        "name": "Contact",
        "icon": "contacts",
        "color": "#7c3aed",
        "description": "People at our accounts.",
        "fields": [
            {"label": "Name", "type": "TEXT", "is_required": True},
            lookup("Account", "account", "cascade", is_required=True),
            {"label": "Job Title", "type": "TEXT"},
            {"label": "Email", "type": "EMAIL", "is_unique": True},
            {"label": "Phone", "type": "PHONE", "options": {"region": "US"}},
            {"label": "Birthday", "type": "DATE"},
            {"label": "Newsletter", "type": "CHECKBOX"},
            {"label": "Interests", "type": "MULTI_PICKLIST", "options": {"values": INTERESTS}},
        ],
    },
    {
        "name": "Asset",
        "icon": "precision_manufacturing",
        "color": GREEN,
        "description": "Machines that we have installed and look after.",
        "fields": [
            {"label": "Name", "type": "TEXT", "is_required": True},
            {"label": "Asset Number", "type": "AUTO_NUMBER", "options": {"format": "AST-{0000}"}, "is_unique": True},
            {"label": "Serial Number", "type": "TEXT", "is_unique": True, "options": {"pattern": "[A-Z]{2}[0-9]{6}"}},
            lookup("Account", "account", "restrict", is_required=True),
            picklist("Status", "Running", "In Repair", "Retired", colors=(GREEN, AMBER, GREY)),
            {"label": "Purchase Cost", "type": "CURRENCY", "options": {"min": 0}},
            {"label": "Utilization", "type": "PERCENT", "options": {"min": 0, "max": 100, "precision": 1}},
            {"label": "Installed On", "type": "DATE"},
            {"label": "Warranty Until", "type": "DATE"},
            {"label": "Last Reading", "type": "DATETIME"},
            {"label": "Telemetry", "type": "JSON"},
        ],
    },
    {
        "name": "Project",
        "icon": "rocket_launch",
        "color": AMBER,
        "description": "Installations and overhauls, from plan to handover.",
        "fields": [
            {"label": "Name", "type": "TEXT", "is_required": True},
            lookup("Account", "account", "restrict", is_required=True),
            picklist("Stage", "Planned", "Under Way", "On Hold", "Done", colors=(GREY, BLUE, AMBER, GREEN)),
            {"label": "Budget", "type": "CURRENCY", "options": {"min": 0}},
            {"label": "Progress", "type": "PERCENT", "options": {"min": 0, "max": 100, "precision": 0}},
            {"label": "Starts On", "type": "DATE"},
            {"label": "Due On", "type": "DATE"},
            {"label": "Assets", "type": "LOOKUP", "options": {"target": "asset", "multiple": True}},
            {"label": "Notes", "type": "TEXTAREA"},
        ],
    },
    {
        "name": "Support Case",
        "icon": "support_agent",
        "color": RED,
        "description": "What customers ask us to put right.",
        "primary_field": "subject",
        "fields": [
            {"label": "Case Number", "type": "AUTO_NUMBER", "options": {"format": "CASE-{00000}", "start": 1001}},
            {"label": "Subject", "type": "TEXT", "is_required": True},
            lookup("Account", "account", "cascade", is_required=True),
            lookup("Contact", "contact"),
            lookup("Asset", "asset"),
            picklist("Priority", "Low", "Normal", "High", "Urgent", colors=(GREY, BLUE, AMBER, RED)),
            picklist("Status", "New", "Working", "Waiting", "Closed", colors=(BLUE, AMBER, GREY, GREEN)),
            {"label": "Opened At", "type": "DATETIME"},
            {"label": "Description", "type": "TEXTAREA"},
        ],
    },
)

FIRST_WORDS = ("Northwind", "Blue Ridge", "Harbor", "Summit", "Cedar", "Ironwood", "Silver Lake", "Prairie", "Redstone")
SECOND_WORDS = ("Foods", "Logistics", "Energy", "Waterworks", "Mills", "Retail")
GIVEN_NAMES = "Ada Bruno Chiara Deepak Élodie Farid Grace Hiro Ines Jonas Kemi Łukasz".split()
FAMILY_NAMES = "Alvarez Brandt Chen Dubois Eriksen Fischer García Haddad Ito Jansen Kaya".split()
JOBS = ("Plant Manager", "Buyer", "Maintenance Lead", "Safety Officer", "Operations Director")
MACHINES = ("Conveyor", "Pump", "Compressor", "Packaging Line", "Boiler", "Chiller", "Robot Cell", "Generator")
UNDERTAKINGS = ("Overhaul", "Installation", "Expansion", "Audit")
TROUBLES = ("makes a grinding noise", "stops without warning", "leaks oil", "shows error E42", "runs too hot")
AREA_CODES = ("212", "312", "415", "503", "617", "713")
TODAY = date(2026, 6, 1)


class Company:
    """Draws the values of all records. The ids of the records made so far are in ``made``, by object's apiName."""

    def __init__(self, user_id: str) -> None:
        self.random = Random(2026)
        self.user_id = user_id
        self.made: dict[str, list[str]] = {}

    def _one(self, api_name: str) -> str:
        return self._choice(*self.made[api_name])

    def _money(self, least: int, most: int) -> Decimal:
        return Decimal(self.random.randint(least * 100, most * 100)).scaleb(-2)

    def _day(self, earliest: int, latest: int) -> str:
        return (TODAY + timedelta(days=self.random.randint(earliest, latest))).isoformat()

    def _moment(self) -> str:
        return (datetime.combine(TODAY, time()) - timedelta(minutes=self.random.randint(0, 90 * 24 * 60))).isoformat()

    def _phone(self) -> str:
        area = self._choice(*AREA_CODES)
        return f"+1{area}{self.random.randint(200, 989)}{self.random.randint(0, 9999):04d}"

    def _choice(self, *values: str) -> str:
        return self.random.choice(values)

    def accounts(self) -> Iterator[Values]:
        for first in FIRST_WORDS:
            for second in SECOND_WORDS[:5]:
                name = f"{first} {second}"
                yield {
                    "name": name,
                    "industry": self._choice("Energy", "Food", "Logistics", "Manufacturing", "Retail", "Water"),
                    "status": self._choice("Prospect", "Customer", "Customer", "Customer", "Former"),
                    "website": f"https://www.{name.lower().replace(' ', '-')}.example.com",
                    "phone": self._phone(),
                    "annual_revenue": self._money(500_000, 90_000_000),
                    "employees": self.random.randint(8, 4_000),
                    "account_manager": self.user_id,
                    "address": f"{self.random.randint(1, 999)} {first} Road\n{self._choice('Portland', 'Chicago')}",
                }

    def contacts(self) -> Iterator[Values]:
        for number in range(120):
            given, family = self._choice(*GIVEN_NAMES), self._choice(*FAMILY_NAMES)
            yield {
                "name": f"{given} {family}",
                "account": self._one("account"),
                "job_title": self._choice(*JOBS),
                "email": f"contact{number + 1}@example.com",
                "phone": self._phone(),
                "birthday": self._day(-60 * 365, -22 * 365),
                "newsletter": self.random.random() < 0.4,
                "interests": self.random.sample(INTERESTS, k=2),
            }

    def assets(self) -> Iterator[Values]:
        for number in range(150):
            installed = self.random.randint(-3_000, -30)
            yield {
                "name": f"{self._choice(*MACHINES)} {number + 1}",
                "serial_number": f"{self._choice('AX', 'BK', 'CT')}{100_000 + 37 * number}",
                "account": self._one("account"),
                "status": self._choice("Running", "Running", "Running", "In Repair", "Retired"),
                "purchase_cost": self._money(4_000, 480_000),
                "utilization": Decimal(self.random.randint(50, 1_000)).scaleb(-1),
                "installed_on": self._day(installed, installed),
                "warranty_until": self._day(installed + 1_800, installed + 1_900),
                "last_reading": self._moment(),
                "telemetry": {"hours": self.random.randint(100, 60_000), "firmware": f"2.{self.random.randint(0, 9)}"},
            }

    def projects(self) -> Iterator[Values]:
        for number in range(24):
            stage = self._choice("Planned", "Under Way", "On Hold", "Done")
            yield {
                "name": f"{self._choice(*UNDERTAKINGS)} {2024 + number // 10}-{number:02d}",
                "account": self._one("account"),
                "stage": stage,
                "budget": self._money(20_000, 900_000),
                "progress": {"Planned": 0, "Done": 100}.get(stage, self.random.randint(5, 95)),
                "starts_on": self._day(-300, 60),
                "due_on": self._day(61, 500),
                "assets": sorted({self._one("asset") for _ in range(3)}),
                "notes": "Kick-off with the plant manager.\nAgree the shutdown window first.",
            }

    def cases(self) -> Iterator[Values]:
        for _ in range(90):
            trouble = self._choice(*TROUBLES)
            yield {
                "subject": f"{self._choice(*MACHINES)} {trouble}",
                "account": self._one("account"),
                "contact": self._one("contact"),
                "asset": self._one("asset"),
                "priority": self._choice("Low", "Normal", "Normal", "High", "Urgent"),
                "status": self._choice("New", "Working", "Waiting", "Closed", "Closed"),
                "opened_at": self._moment(),
                "description": f"The machine {trouble} since this morning. Please call back.",
            }


# What makes the records of each of the ``OBJECTS``.
RECORDS = (Company.accounts, Company.contacts, Company.assets, Company.projects, Company.cases)
