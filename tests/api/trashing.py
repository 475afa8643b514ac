"""What tests of the trash share: objects whose records go along with each other, and calls that delete and restore."""

from __future__ import annotations

from typing import Any

from tests.conftest import Answer, Api


def make_assets(api: Api) -> dict[str, Any]:
    """Sites have assets, which go along with them, and know by whom they were delivered."""
    api.make_object("Site")
    api.make_object("Vendor")
    return api.make_object(
        "Asset",
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Cost", "type": "NUMBER", "options": {"precision": 2}},
        {"label": "No", "type": "AUTO_NUMBER"},
        {"label": "Site", "type": "LOOKUP", "options": {"target": "site", "onDelete": "cascade"}},
        {"label": "Vendors", "type": "LOOKUP", "options": {"target": "vendor", "multiple": True}},
    )


def delete(api: Api, object_name: str, record: dict[str, Any]) -> None:
    assert api.delete(f"{object_name}/records/{record['id']}").status == 204


def restore(api: Api, object_name: str, record: dict[str, Any], **params: str) -> Answer:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return api.post(f"{object_name}/records/{record['id']}/restore" + (f"?{query}" if query else ""))
