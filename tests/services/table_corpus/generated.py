"""Tables in English that Faker makes (MIT, https://github.com/joke2k/faker): customers, products, tickets and more.

Packages with public data hardly hold addresses of e-mail, telephones, amounts of money or notes; these tables do.
"""

from __future__ import annotations

import json

from faker import Faker

from tests.services.table_corpus.generating import (
    Generated,
    clock,
    day,
    moment,
    number,
    one,
    some,
    sometimes,
)
from tests.services.table_corpus.table import (
    CHECKBOX,
    CURRENCY,
    DATE,
    DATETIME,
    EMAIL,
    FEW_NAMES,
    JSON,
    MULTI_PICKLIST,
    NUMBER,
    PERCENT,
    PHONE,
    PICKLIST,
    TEXT,
    TEXTAREA,
    URL,
)

AGENTS = ["Ann Berg", "Tom Ode", "Lena Fox", "Raj Patel", "Mia Cole", "Sam Wu"]


def _customer(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Customer No": f"{row * 37:05}",
        "Company": fake.company(),
        "Contact": fake.name(),
        "Email": sometimes(fake, fake.company_email(), 90),
        "Phone": sometimes(fake, fake.phone_number(), 95),
        "Website": sometimes(fake, fake.url(), 60),
        "Street": fake.street_address(),
        "City": fake.city(),
        "State": fake.state_abbr(),
        "ZIP": fake.postcode(),
        "Segment": one(fake, ["Small business", "Mid-market", "Enterprise"]),
        "Credit limit": f"${number(fake, 500, 90_000)}",
        "Newsletter": one(fake, ["Yes", "No"]),
        "Customer since": day(fake, "%m/%d/%Y"),
        "Notes": sometimes(fake, fake.paragraph(6), 50),
    }


def _product(fake: Faker, row: int) -> dict[str, str]:
    colours = ["Red", "Blue", "Green", "Black", "White"]
    size = {"width": row % 50 + 1, "depth": row % 30 + 2, "colour": one(fake, colours)}
    return {
        "SKU": f"{row:05}",
        "EAN": f"0{fake.random.randrange(10**11, 10**12)}",
        "Name": f"{fake.color_name()} {fake.word().title()} {row}",
        "Category": one(fake, ["Tools", "Garden", "Kitchen", "Office", "Toys", "Lighting", "Storage"]),
        "Price": f"${number(fake, 1, 400)}",
        "Discount": f"{fake.random.randrange(0, 60, 5)}%",
        "Weight": sometimes(fake, number(fake, 0, 30), 90),
        "Package": f"{number(fake, 0, 30, 1)} kg",
        "In stock": str(fake.random.randrange(0, 900)),
        "Active": one(fake, ["Y", "Y", "N"]),
        "Image": f"https://cdn.example.com/products/{row:05}.jpg",
        "Colours": some(fake, colours, 3, ", "),
        "Attributes": json.dumps(size),
    }


def _ticket(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Ticket": f"#{10_000 + row}",
        "Subject": fake.sentence(5),
        "Description": "\n".join(fake.paragraphs(2)),
        "Status": one(fake, ["Open", "Pending", "Solved", "Closed"]),
        "Priority": one(fake, ["1 - Urgent", "2 - High", "3 - Normal", "4 - Low"]),
        "Requester": fake.email(),
        "Assignee": sometimes(fake, one(fake, AGENTS), 85),
        "Opened": moment(fake, "%Y-%m-%dT%H:%M:%SZ"),
        "Closed": sometimes(fake, moment(fake, "%Y-%m-%dT%H:%M:%SZ"), 55),
        "Labels": sometimes(fake, some(fake, ["billing", "login", "bug", "export", "mobile", "api"], 3, "; "), 80),
        "Hours": number(fake, 0, 20, 1),
        "Call at": sometimes(fake, clock(fake), 40),
        "In time": one(fake, ["true", "false"]),
        "Payload": sometimes(fake, json.dumps({"browser": fake.word(), "retries": [row % 3, row % 5]}), 70),
    }


def _lead(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Created": moment(fake, "%m/%d/%Y %I:%M %p"),
        "First Name": fake.first_name(),
        "Last Name": fake.last_name(),
        "Title": fake.job(),
        "Company": fake.company(),
        "Email": fake.email(),
        "Mobile": sometimes(fake, fake.phone_number(), 70),
        "Profile": f"https://www.example.com/in/{fake.user_name()}",
        "Lead Source": one(fake, ["Web", "Referral", "Trade show", "Cold call", "Partner"]),
        "Rating": sometimes(fake, one(fake, ["Hot", "Warm", "Cold"]), 75),
        "Do not call": sometimes(fake, "x", 15),
        "Annual Revenue": sometimes(fake, f"USD {number(fake, 10_000, 9_000_000, 0)}", 80),
        "Employees": number(fake, 5, 20_000, 0),
        "Probability": f"{fake.random.randrange(5, 100, 5)}%",
        "Products": some(fake, ["CRM", "ERP", "Payroll", "Helpdesk", "Analytics"], 4, ";"),
    }


def _response(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Timestamp": moment(fake, "%Y/%m/%d %H:%M:%S"),
        "Respondent": sometimes(fake, fake.email(), 60),
        "Age": one(fake, ["18-24", "25-34", "35-44", "45-54", "55-64", "65+"]),
        "Satisfaction (1-10)": str(fake.random.randint(1, 10)),
        "Would you recommend us?": one(fake, ["Yes", "yes", "No", "no", "YES"]),
        "Which channels do you use?": some(fake, ["E-mail", "Phone", "Chat", "Shop", "Letter"], 4, ", "),
        "How often?": one(fake, ["Daily", "Weekly", "Monthly", "Less often"]),
        "Share of budget": f"{number(fake, 0, 40, 1)}%",
        "What should be better?": sometimes(fake, fake.paragraph(4), 65),
    }


def _statement(fake: Faker, row: int) -> dict[str, str]:
    pays = fake.random.random() < 0.7
    balance = number(fake, 0, 9_000)
    return {
        "Date": day(fake, "%b %d, %Y"),
        "Type": one(fake, ["ACH", "Check", "Debit card", "Wire", "Fee"]),
        "Description": f"{fake.company().upper()} {fake.city().upper()}",
        "Check #": str(1000 + row) if row % 4 == 0 else "",
        "Debit": f"${number(fake, 1, 3_000)}" if pays else "",
        "Credit": "" if pays else f"${number(fake, 1, 6_000)}",
        "Balance": f"(${balance})" if row % 7 == 0 else f"${balance}",
    }


def _device(fake: Faker, row: int) -> dict[str, str]:
    return {
        "id": str(fake.uuid4()),
        "code": f"{row % 1000:04}",
        "mac": fake.mac_address(),
        "ip": fake.ipv4(),
        "host": fake.hostname(),
        "registered": moment(fake, "%Y-%m-%dT%H:%M:%S+01:00"),
        "last_seen": str(fake.random.randrange(1_600_000_000, 1_790_000_000)),
        "reading": f"{fake.random.uniform(1e-6, 9e-5):.3e}",
        "battery": f"{number(fake, 0, 100, 1)} %",
        "firmware": one(fake, ["1.0.3", "1.2.0", "2.0.0-rc1", "2.0.1"]),
        "online": one(fake, ["TRUE", "FALSE"]),
        "config": json.dumps({"interval": row % 60, "pins": [1, 2], "name": fake.word()}),
        "spare": "",
    }


def _event(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Title": fake.catch_phrase(),
        "Date": f"{fake.random.randint(1, 28)} {one(fake, ['Jan', 'Mar', 'May', 'Jun', 'Sep', 'Dec'])} 2026",
        "Starts": moment(fake, "%d/%m/%Y %H:%M"),
        "Doors": clock(fake),
        "Venue": f"{fake.last_name()} Hall, {fake.city()}",
        "Capacity": number(fake, 40, 9_000, 0),
        "Ticket": sometimes(fake, f"£{number(fake, 5, 150)}", 90),
        "Sold out": one(fake, ["TRUE", "FALSE", "FALSE"]),
        "Kind": one(fake, ["Concert", "Talk", "Workshop", "Fair"]),
        "Tags": some(fake, ["music", "family", "outdoor", "free", "evening", "science"], 3, "|"),
        "Booking": fake.uri(),
        "Enquiries": fake.phone_number(),
        "Description": fake.paragraph(5),
    }


def _vehicle(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Registration": fake.license_plate(),
        "VIN": fake.vin(),
        "Make": one(fake, ["Ford", "Vauxhall", "Volkswagen", "BMW", "Toyota", "Kia", "Nissan"]),
        "Colour": one(fake, ["White", "Black", "Grey", "Blue", "Red"]),
        "First registered": day(fake, "%d-%b-%Y", 2005),
        "MOT due": sometimes(fake, day(fake, "%d/%m/%Y", 2025), 85),
        "Mileage": number(fake, 0, 180_000, 0),
        "CO2": sometimes(fake, str(fake.random.randrange(0, 280)), 85, "n/a"),
        "Electric": one(fake, ["Yes", "No", "No"]),
        "List price": f"£{number(fake, 9_000, 70_000, 0)}",
        "Keeper": fake.name(),
        "Telephone": fake.phone_number(),
        "Postcode": fake.postcode(),
    }


TABLES = [
    Generated(
        "customers",
        "en_US",
        300,
        _customer,
        {
            "Customer No": TEXT,
            "Company": TEXT,
            "Contact": TEXT,
            "Email": EMAIL,
            "Phone": PHONE,
            "Website": URL,
            "Street": TEXT,
            "City": TEXT,
            "State": PICKLIST,
            "ZIP": TEXT,
            "Segment": PICKLIST,
            "Credit limit": CURRENCY,
            "Newsletter": CHECKBOX,
            "Customer since": DATE,
            "Notes": TEXTAREA,
        },
    ),
    Generated(
        "products",
        "en_US",
        400,
        _product,
        {
            "SKU": TEXT,
            "EAN": TEXT,
            "Name": TEXT,
            "Category": PICKLIST,
            "Price": CURRENCY,
            "Discount": PERCENT,
            "Weight": NUMBER,
            "Package": TEXT,  # 1.5 kg
            "In stock": NUMBER,
            "Active": CHECKBOX,
            "Image": URL,
            "Colours": MULTI_PICKLIST,
            "Attributes": JSON,
        },
    ),
    Generated(
        "tickets",
        "en_US",
        250,
        _ticket,
        {
            "Ticket": TEXT,
            "Subject": TEXT,
            "Description": TEXTAREA,
            "Status": PICKLIST,
            "Priority": PICKLIST,
            "Requester": EMAIL,
            "Assignee": FEW_NAMES,
            "Opened": DATETIME,
            "Closed": DATETIME,
            "Labels": MULTI_PICKLIST,
            "Hours": NUMBER,
            "Call at": TEXT,  # a time of day
            "In time": CHECKBOX,
            "Payload": JSON,
        },
    ),
    Generated(
        "leads",
        "en_US",
        220,
        _lead,
        {
            "Created": DATETIME,  # 03/05/2026 02:30 PM
            "First Name": TEXT,
            "Last Name": TEXT,
            "Title": TEXT,
            "Company": TEXT,
            "Email": EMAIL,
            "Mobile": PHONE,
            "Profile": URL,
            "Lead Source": PICKLIST,
            "Rating": PICKLIST,
            "Do not call": CHECKBOX,
            "Annual Revenue": CURRENCY,
            "Employees": NUMBER,
            "Probability": PERCENT,
            "Products": MULTI_PICKLIST,
        },
    ),
    Generated(
        "answers to a survey",
        "en_US",
        120,
        _response,
        {
            "Timestamp": DATETIME,
            "Respondent": EMAIL,
            "Age": PICKLIST,
            "Satisfaction (1-10)": NUMBER,
            "Would you recommend us?": CHECKBOX,
            "Which channels do you use?": MULTI_PICKLIST,
            "How often?": PICKLIST,
            "Share of budget": PERCENT,
            "What should be better?": TEXTAREA,
        },
    ),
    Generated(
        "statement of a bank",
        "en_US",
        90,
        _statement,
        {
            "Date": DATE,  # Mar 05, 2026
            "Type": PICKLIST,
            "Description": TEXT,
            "Check #": NUMBER,
            "Debit": CURRENCY,
            "Credit": CURRENCY,
            "Balance": CURRENCY,  # ($120.00)
        },
    ),
    Generated(
        "devices",
        "en_US",
        500,
        _device,
        {
            "id": TEXT,
            "code": TEXT,
            "mac": TEXT,
            "ip": TEXT,
            "host": TEXT,
            "registered": DATETIME,
            "last_seen": NUMBER,
            "reading": NUMBER,  # 2.131e-05
            "battery": PERCENT,
            "firmware": PICKLIST,
            "online": CHECKBOX,
            "config": JSON,
            "spare": TEXT,  # empty
        },
    ),
    Generated(
        "events",
        "en_GB",
        80,
        _event,
        {
            "Title": TEXT,
            "Date": DATE,  # 5 Mar 2026
            "Starts": DATETIME,
            "Doors": TEXT,  # a time of day
            "Venue": TEXT,
            "Capacity": NUMBER,
            "Ticket": CURRENCY,
            "Sold out": CHECKBOX,
            "Kind": PICKLIST,
            "Tags": MULTI_PICKLIST,
            "Booking": URL,
            "Enquiries": PHONE,
            "Description": TEXTAREA,
        },
    ),
    Generated(
        "vehicles",
        "en_GB",
        150,
        _vehicle,
        {
            "Registration": TEXT,
            "VIN": TEXT,
            "Make": PICKLIST,
            "Colour": PICKLIST,
            "First registered": DATE,  # 05-Mar-2026
            "MOT due": DATE,
            "Mileage": NUMBER,
            "CO2": NUMBER,
            "Electric": CHECKBOX,
            "List price": CURRENCY,
            "Keeper": TEXT,
            "Telephone": PHONE,
            "Postcode": TEXT,
        },
    ),
]
