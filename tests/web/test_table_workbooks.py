"""What spreadsheet programs store becomes an object, with the types that its cells have."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from string import ascii_uppercase

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customobjects.models import CustomObject, TableImport
from tests.background import work
from tests.conftest import Api
from tests.web.test_table_import import sent

Cell = str | float | date | datetime | bool | None
ROWS: list[list[Cell]] = [
    ["Name", "Gekauft", "Preis", "Gesehen", "Läuft", "Anmerkung"],
    ["Kühlgerät Süd", date(2026, 1, 31), 1200.5, datetime(2026, 2, 1, 7, 30), True, "Größe prüfen"],
    ["Förderband", None, 3, datetime(2026, 2, 2, 18, 5, 9), False, None],
    ["Abfüllanlage", date(2024, 2, 29), 0.1, None, True, "=1+1 & <b>"],
]
OFFICE = "http://schemas.openxmlformats.org"
MAIN, RELATED = f"{OFFICE}/spreadsheetml/2006/main", f"{OFFICE}/officeDocument/2006/relationships"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def packed(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def xlsx() -> bytes:
    """A workbook as Excel stores one: texts stand apart, dates are days since 1899, and its first sheet is empty."""
    texts: list[str] = []

    def cell(value: Cell, place: str) -> str:
        match value:
            case None:
                return f'<c r="{place}"/>'
            case bool():
                return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
            case str():
                texts.append(value)
                return f'<c r="{place}" t="s"><v>{len(texts) - 1}</v></c>'
            case datetime():
                since = value - datetime(1899, 12, 30)
                return f'<c r="{place}" s="2"><v>{since.days + since.seconds / 86_400!r}</v></c>'
            case date():
                return f'<c r="{place}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
        return f'<c r="{place}"><v>{value}</v></c>'

    rows = ""
    for number, row in enumerate(ROWS, 1):
        cells = [cell(value, f"{letter}{number}") for letter, value in zip("ABCDEF", row, strict=True)]
        rows += f'<row r="{number}">{"".join(cells)}</row>'
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {"workbook": "sheet.main", "sharedStrings": "sharedStrings", "styles": "styles"}
    parts |= {f"worksheets/sheet{number}": "worksheet" for number in (1, 2)}
    relations = {"sheet1": "worksheet", "sheet2": "worksheet", "sharedStrings": "sharedStrings", "styles": "styles"}
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22))
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{OFFICE}/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            + "".join(f'<Override PartName="/xl/{one}.xml" ContentType="{types}.{parts[one]}+xml"/>' for one in parts)
            + "</Types>",
            "_rels/.rels": f'<Relationships xmlns="{OFFICE}/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>'
            '<sheet name="Leer" sheetId="1" r:id="sheet1"/><sheet name="Geräte" sheetId="2" r:id="sheet2"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{OFFICE}/package/2006/relationships">'
            + "".join(
                f'<Relationship Id="{name}" Type="{RELATED}/{kind}" '
                f'Target="{"worksheets/" if kind == "worksheet" else ""}{name}.xml"/>'
                for name, kind in relations.items()
            )
            + "</Relationships>",
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="3">{formats}</cellXfs></styleSheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'
            + "".join(f"<si><t>{escaped(text)}</t></si>" for text in texts)
            + "</sst>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
            "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def ods() -> bytes:
    """A spreadsheet as LibreOffice stores one: each cell says its type and its value, and what it shows."""

    def cell(value: Cell) -> str:
        match value:
            case None:
                return "<table:table-cell/>"
            case bool():
                held = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
            case str():
                held = 'office:value-type="string"'
            case date():
                held = f'office:value-type="date" office:date-value="{value.isoformat()}"'
            case _:
                held = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {held}><text:p>{escaped(str(value))}</text:p></table:table-cell>"

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in ROWS)
    spaces = " ".join(f'xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "table", "text"))
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return packed(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
            "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="Geräte">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def with_cells(*places: str) -> bytes:
    """A workbook that has nothing but one number at each of some places."""
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    rows = "".join(f'<row r="{place.lstrip(ascii_uppercase)}"><c r="{place}"><v>1</v></c></row>' for place in places)
    files["xl/worksheets/sheet2.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return packed(files)


# The library makes room for all cells between two: 512 GB, and 3 GB.
@pytest.mark.parametrize("places", [("A1", "XFD1048576"), ("A1", "CV1000000"), ("A1", "DA2"), ("A1", "CW1")])
def test_a_workbook_that_is_too_large_is_refused(browser: Client, places: tuple[str, str]) -> None:
    answer = browser.post("/setup/tables/new/", {"file": SimpleUploadedFile("far.xlsx", with_cells(*places))})
    assert answer.status_code == 422
    assert TableImport.objects.count() == 0
    assert browser.get("/healthz").status_code == 200


@pytest.mark.parametrize(("name", "made"), [("Geräte.xlsx", xlsx), ("Geräte.ods", ods)])
def test_a_workbook_becomes_an_object(browser: Client, api: Api, name: str, made: Callable[[], bytes]) -> None:
    answer = browser.post("/setup/tables/new/", {"file": SimpleUploadedFile(name, made())})
    assert answer.status_code == 302, answer.content.decode()
    address = answer.headers["Location"]
    assert "3 rows, 6 columns. Nothing is made yet." in browser.get(address).content.decode()
    browser.post(address, sent(browser, address, name="Gerät", start="on"))
    work()
    assert "3 of 3 rows are records now." in browser.get(address).content.decode()
    found = CustomObject.objects.get().api_name
    assert {field["label"]: field["type"] for field in api.get(found).json["fields"]} == {
        "Name": "TEXT",
        "Gekauft": "DATE",
        "Preis": "NUMBER",
        "Gesehen": "DATETIME",
        "Läuft": "CHECKBOX",
        "Anmerkung": "TEXT",
    }
    keys = [field["apiName"] for field in api.get(found).json["fields"]]
    records = {one["name"]: [one["data"][key] for key in keys] for one in api.get(f"{found}/records").json["data"]}
    assert {name: [str(value) for value in values] for name, values in records.items()} == {
        "Kühlgerät Süd": ["Kühlgerät Süd", "2026-01-31", "1200.5", "2026-02-01T07:30:00Z", "True", "Größe prüfen"],
        "Förderband": ["Förderband", "None", "3", "2026-02-02T18:05:09Z", "False", "None"],
        "Abfüllanlage": ["Abfüllanlage", "2024-02-29", "0.1", "None", "True", "=1+1 & <b>"],
    }
