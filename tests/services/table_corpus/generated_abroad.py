"""Tables in German, French and Japanese that Faker makes: decimals with a comma, days first, ja and oui."""

from __future__ import annotations

import json

from faker import Faker

from tests.services.table_corpus.generating import (
    NARROW_SPACE,
    NO_BREAK_SPACE,
    Generated,
    day,
    day_in_words,
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

GERMAN_MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
FRENCH_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
LEADERS = ["Klein", "Özdemir", "Berger", "Lang", "Thiel"]


def _german(fake: Faker, least: float, most: float, decimals: int = 2) -> str:
    return number(fake, least, most, decimals, ".", ",")


def _french(fake: Faker, least: float, most: float, decimals: int = 2, group: str = NARROW_SPACE) -> str:
    return number(fake, least, most, decimals, group, ",")


def _employee(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Personalnummer": f"{row * 13:06}",
        "Vorname": fake.first_name(),
        "Nachname": fake.last_name(),
        "E-Mail": fake.company_email(),
        "Telefon": fake.phone_number(),
        "Abteilung": one(fake, ["Vertrieb", "Einkauf", "Personal", "Technik", "Finanzen", "Lager"]),
        "Geburtsdatum": day(fake, "%d.%m.%Y", 1962),
        "Eintritt": day(fake, "%d.%m.%y"),
        "Gehalt": f"{_german(fake, 2_400, 9_500)} €",
        "Wochenstunden": _german(fake, 15, 40, 1),
        "Urlaubstage": str(fake.random.randint(20, 36)),
        "Auslastung": f"{_german(fake, 40, 110, 1)} %",
        "Führungskraft": one(fake, ["ja", "nein", "nein"]),
        "Anschrift": fake.address().replace("\n", ", "),
        "Steuerklasse": one(fake, ["I", "II", "III", "IV", "V"]),
    }


def _invoice(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Rechnungsnummer": f"RE-2026-{row:04}",
        "Rechnungsdatum": day(fake, "%d.%m.%Y"),
        "Fällig am": day(fake, "%d.%m.%Y"),
        "Kunde": fake.company(),
        "Netto": _german(fake, 20, 20_000),
        "MwSt": one(fake, ["19 %", "7 %", "0 %"]),
        "Brutto": f"€ {_german(fake, 20, 24_000)}",
        "Skonto": sometimes(fake, one(fake, ["2,0 %", "3,0 %"]), 40),
        "Bezahlt": sometimes(fake, "x", 70),
        "Bezahlt am": sometimes(fake, day(fake, "%d.%m.%Y"), 70),
        "Zahlungsart": one(fake, ["Überweisung", "Lastschrift", "Kreditkarte", "PayPal"]),
        "Mahnstufe": one(fake, ["0", "0", "0", "1", "2", "3"]),
        "Bemerkung": sometimes(fake, fake.paragraph(5), 20),
    }


def _booking(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Buchungstag": day(fake, "%d.%m.%Y"),
        "Wertstellung": day(fake, "%d.%m.%Y"),
        "Auftraggeber / Empfänger": fake.name() if row % 2 else fake.company(),
        "IBAN": fake.iban(),
        "BIC": fake.swift(),
        "Verwendungszweck": f"Rechnung {fake.random.randrange(10_000, 99_999)} {fake.word()}",
        "Betrag": f"{one(fake, ['', '-'])}{_german(fake, 1, 4_000)} EUR",
        "Saldo": _german(fake, -900, 20_000),
        "Umsatzart": one(fake, ["Lastschrift", "Gutschrift", "Dauerauftrag", "Kartenzahlung"]),
    }


def _project(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Projekt": f"{fake.city()} {row}",
        "Kennung": f"P{row:03}-{one(fake, ['A', 'B', 'C'])}",
        "Beginn": day_in_words(fake, GERMAN_MONTHS, "{day}. {month} {year}"),
        "Ende": sometimes(fake, day(fake, "%d.%m.%Y"), 60, "offen" if row == 1 else ""),
        "Budget": f"CHF {number(fake, 5_000, 900_000, 2, chr(39))}",
        "Fortschritt": f"{fake.random.randrange(0, 101)}%",
        "Stand": one(fake, ["geplant", "in Arbeit", "angehalten", "fertig"]),
        "Bereiche": some(fake, ["Technik", "Vertrieb", "Recht", "Marketing"], 3, "; "),
        "Leitung": one(fake, LEADERS),
        "Aktiv": one(fake, ["Ja", "Nein"]),
        "Ablage": f"https://projekte.example.de/{row}",
        "Notizen": "\n".join(fake.sentences(4)),
    }


def _contact(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Civilité": one(fake, ["M.", "Mme"]),
        "Nom": fake.last_name(),
        "Prénom": fake.first_name(),
        "Courriel": sometimes(fake, fake.email(), 92),
        "Téléphone": fake.phone_number(),
        "Société": sometimes(fake, fake.company(), 80),
        "Adresse": fake.street_address(),
        "Code postal": f"{fake.random.randrange(1_000, 96_000):05}",
        "Ville": fake.city(),
        "Pays": one(fake, ["France", "France", "Belgique", "Suisse", "Luxembourg"]),
        "Client": one(fake, ["oui", "non"]),
        "Chiffre d'affaires": f"{_french(fake, 100, 90_000)}{NO_BREAK_SPACE}€",
        "Remise": f"{_french(fake, 0, 30, 1)} %",
        "Dernier contact": day(fake, "%d/%m/%Y"),
        "Centres d'intérêt": some(fake, ["vin", "fromage", "voyages", "cinéma", "jardin"], 3, ", "),
    }


def _order(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Numéro": str(7_000 + row),
        "Date de commande": day_in_words(fake, FRENCH_MONTHS, "{day} {month} {year}"),
        "Référence client": f"{fake.random.randrange(0, 3_000):04}",
        "Client": fake.company(),
        "Quantité": _french(fake, 1, 3_000, 0, " "),
        "Montant HT": _french(fake, 10, 9_000, 2, " "),
        "TVA": one(fake, ["20 %", "10 %", "5,5 %"]),
        "Montant TTC": f"{_french(fake, 10, 9_000, 2, NO_BREAK_SPACE)} €",
        "Livrée": one(fake, ["Oui", "Non"]),
        "Livrée le": sometimes(fake, day(fake), 60),
        "Mode de livraison": one(fake, ["Colissimo", "Chronopost", "Retrait"]),
        "Suivi": sometimes(fake, f"https://suivi.example.fr/colis?no={fake.random.randrange(10**9)}", 60),
        "Commentaire": sometimes(fake, fake.paragraph(5), 35),
    }


def _site(fake: Faker, row: int) -> dict[str, str]:
    return {
        "拠点名": f"{fake.city()}{one(fake, ['支店', '工場', '営業所'])}{row}",
        "郵便番号": fake.postcode(),
        "住所": fake.address(),
        "電話番号": fake.phone_number(),
        "メール": fake.company_email(),
        "担当者": fake.name(),
        "種別": one(fake, ["支店", "工場", "倉庫", "営業所"]),
        "開設日": day(fake, "%Y/%m/%d"),
        "更新日": day_in_words(fake, [str(month) for month in range(1, 13)], "{year}年{month}月{day}日"),
        "従業員数": number(fake, 3, 2_500, 0),
        "売上": f"¥{number(fake, 100_000, 90_000_000, 0)}",
        "稼働率": f"{number(fake, 30, 100, 1)}%",
        "ウェブ": fake.url(),
    }


def _measurement(fake: Faker, row: int) -> dict[str, str]:
    return {
        "Messstelle": f"{fake.city()} {row % 9}",
        "Zeitpunkt": moment(fake, "%d.%m.%Y %H:%M"),
        "Temperatur": _german(fake, -12, 38, 1),
        "Niederschlag": sometimes(fake, _german(fake, 0, 40, 1), 85, "-"),
        "Luftfeuchte": f"{fake.random.randrange(20, 101)} %",
        "Windrichtung": one(fake, ["N", "NO", "O", "SO", "S", "SW", "W", "NW"]),
        "Geprüft": one(fake, ["wahr", "falsch"]),
        "Gerät": json.dumps({"Typ": one(fake, ["A", "B"]), "Kanäle": [row % 4, row % 7]}, ensure_ascii=False),
    }


TABLES = [
    Generated(
        "Mitarbeiter",
        "de_DE",
        180,
        _employee,
        {
            "Personalnummer": TEXT,
            "Vorname": TEXT,
            "Nachname": TEXT,
            "E-Mail": EMAIL,
            "Telefon": PHONE,
            "Abteilung": PICKLIST,
            "Geburtsdatum": DATE,
            "Eintritt": DATE,  # 31.12.26
            "Gehalt": CURRENCY,
            "Wochenstunden": NUMBER,  # 38,5
            "Urlaubstage": NUMBER,
            "Auslastung": PERCENT,
            "Führungskraft": CHECKBOX,
            "Anschrift": TEXT,
            "Steuerklasse": PICKLIST,
        },
    ),
    Generated(
        "Rechnungen",
        "de_DE",
        350,
        _invoice,
        {
            "Rechnungsnummer": TEXT,
            "Rechnungsdatum": DATE,
            "Fällig am": DATE,
            "Kunde": TEXT,
            "Netto": NUMBER,  # 1.234,50
            "MwSt": PERCENT,
            "Brutto": CURRENCY,
            "Skonto": PERCENT,
            "Bezahlt": CHECKBOX,
            "Bezahlt am": DATE,
            "Zahlungsart": PICKLIST,
            "Mahnstufe": NUMBER,
            "Bemerkung": TEXTAREA,
        },
    ),
    Generated(
        "Kontoauszug",
        "de_DE",
        140,
        _booking,
        {
            "Buchungstag": DATE,
            "Wertstellung": DATE,
            "Auftraggeber / Empfänger": TEXT,
            "IBAN": TEXT,
            "BIC": TEXT,
            "Verwendungszweck": TEXT,
            "Betrag": CURRENCY,
            "Saldo": NUMBER,
            "Umsatzart": PICKLIST,
        },
    ),
    Generated(
        "Projekte",
        "de_DE",
        60,
        _project,
        {
            "Projekt": TEXT,
            "Kennung": TEXT,
            "Beginn": DATE,  # 5. März 2026
            "Ende": DATE,  # "offen" in one row
            "Budget": CURRENCY,  # CHF 1'234.50
            "Fortschritt": PERCENT,
            "Stand": PICKLIST,
            "Bereiche": MULTI_PICKLIST,
            "Leitung": FEW_NAMES,
            "Aktiv": CHECKBOX,
            "Ablage": URL,
            "Notizen": TEXTAREA,
        },
    ),
    Generated(
        "Messwerte",
        "de_DE",
        400,
        _measurement,
        {
            "Messstelle": TEXT,
            "Zeitpunkt": DATETIME,
            "Temperatur": NUMBER,
            "Niederschlag": NUMBER,
            "Luftfeuchte": PERCENT,
            "Windrichtung": PICKLIST,
            "Geprüft": CHECKBOX,
            "Gerät": JSON,
        },
    ),
    Generated(
        "Contacts",
        "fr_FR",
        200,
        _contact,
        {
            "Civilité": PICKLIST,
            "Nom": TEXT,
            "Prénom": TEXT,
            "Courriel": EMAIL,
            "Téléphone": PHONE,
            "Société": TEXT,
            "Adresse": TEXT,
            "Code postal": TEXT,  # 04122
            "Ville": TEXT,
            "Pays": PICKLIST,
            "Client": CHECKBOX,
            "Chiffre d'affaires": CURRENCY,
            "Remise": PERCENT,
            "Dernier contact": DATE,
            "Centres d'intérêt": MULTI_PICKLIST,
        },
    ),
    Generated(
        "Commandes",
        "fr_FR",
        160,
        _order,
        {
            "Numéro": NUMBER,
            "Date de commande": DATE,  # 5 mars 2026
            "Référence client": TEXT,
            "Client": TEXT,
            "Quantité": NUMBER,
            "Montant HT": NUMBER,  # 1 234,50
            "TVA": PERCENT,
            "Montant TTC": CURRENCY,
            "Livrée": CHECKBOX,
            "Livrée le": DATE,
            "Mode de livraison": PICKLIST,
            "Suivi": URL,
            "Commentaire": TEXTAREA,
        },
    ),
    Generated(
        "拠点",
        "ja_JP",
        70,
        _site,
        {
            "拠点名": TEXT,
            "郵便番号": TEXT,  # 236-3584
            "住所": TEXT,
            "電話番号": PHONE,
            "メール": EMAIL,
            "担当者": TEXT,
            "種別": PICKLIST,
            "開設日": DATE,
            "更新日": DATE,  # 2026年3月5日
            "従業員数": NUMBER,
            "売上": CURRENCY,
            "稼働率": PERCENT,
            "ウェブ": URL,
        },
    ),
]
