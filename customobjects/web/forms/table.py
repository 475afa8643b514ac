"""The form in which a table is brought: pasted, or as a file."""

from __future__ import annotations

from typing import Any

from django import forms


class TableForm(forms.Form):
    """A file, or the text of a table."""

    text = forms.CharField(
        required=False,
        strip=False,
        label="Paste a table",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="Copy the cells in a spreadsheet, with the row of names above them, and paste them here.",
    )
    file = forms.FileField(
        required=False,
        label="Or choose a file",
        help_text="CSV, text between tabs, XLSX, XLS or ODS.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xlsb,.xls,.ods"}),
    )

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("file") and not self.cleaned_data.get("text", "").strip():
            self.add_error("text", "Paste a table, or choose a file.")
        return self.cleaned_data

    def table(self) -> tuple[bytes, str]:
        """What was sent, and the name of its file; a pasted text has none."""
        file = self.cleaned_data["file"]
        return (file.read(), file.name) if file else (self.cleaned_data["text"].encode(), "")
