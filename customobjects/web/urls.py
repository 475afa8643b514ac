"""The pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path, re_path

from customobjects.web.views import (
    boards,
    fields,
    history,
    me,
    moved,
    objects,
    record_list,
    records,
    search,
    sign_in,
    styleguide,
    trash,
    undo,
    view_forms,
)

app_name = "web"

OBJECT = "o/<str:object_reference>/"
VIEW = OBJECT + "v/<str:view_reference>/"
RECORD = OBJECT + "r/<str:record_reference>/"
SETUP = "setup/objects/<str:object_reference>/"
FIELD = SETUP + "fields/<str:field_reference>/"
VERSION = RECORD + "history/<int:version>/"

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("session/", sign_in.Session.as_view(), name="session"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("", objects.ObjectList.as_view(), name="object-list"),
    path("me/", me.Me.as_view(), name="me"),
    path("me/password/", me.PasswordChange.as_view(), name="password"),
    path("search/", search.SearchPage.as_view(), name="search"),
    path("palette/", search.Palette.as_view(), name="palette"),
    path("people/", records.People.as_view(), name="people"),
    path("setup/objects/new/", objects.ObjectEdit.as_view(), name="object-new"),
    path(OBJECT, record_list.RecordList.as_view(), name="record-list"),
    path(OBJECT + "columns/", record_list.ListColumns.as_view(), name="list-columns"),
    path(OBJECT + "v/new/", view_forms.ViewEdit.as_view(), name="view-new"),
    path(VIEW, boards.Board.as_view(), name="view"),
    path(VIEW + "move/", boards.Move.as_view(), name="view-move"),
    path(VIEW + "settings/", view_forms.ViewEdit.as_view(), name="view-settings"),
    path(OBJECT + "new/", records.RecordEdit.as_view(), name="record-new"),
    path(SETUP, objects.ObjectSetup.as_view(), name="object-setup"),
    path(SETUP + "edit/", objects.ObjectEdit.as_view(), name="object-edit"),
    path(SETUP + "archive/", objects.ObjectArchive.as_view(), name="object-archive"),
    path(SETUP + "delete/", objects.ObjectDelete.as_view(), name="object-delete"),
    path(SETUP + "fields/new/", fields.FieldEdit.as_view(), name="field-new"),
    path(FIELD, fields.FieldEdit.as_view(), name="field-edit"),
    path(FIELD + "move/", fields.FieldMove.as_view(), name="field-move"),
    path(FIELD + "delete/", fields.FieldDelete.as_view(), name="field-delete"),
    path(OBJECT + "trash/", trash.TrashOfObject.as_view(), name="trash-of-object"),
    path(OBJECT + "trash/fields/<str:field_reference>/", trash.FieldRestore.as_view(), name="field-restore"),
    path(OBJECT + "trash/<str:record_reference>/", trash.RecordRestore.as_view(), name="record-restore"),
    path("trash/", trash.TrashOfAll.as_view(), name="trash"),
    path("trash/objects/<str:object_reference>/", trash.ObjectRestore.as_view(), name="object-restore"),
    path(RECORD, records.RecordDetail.as_view(), name="record"),
    path(RECORD + "edit/", records.RecordEdit.as_view(), name="record-edit"),
    path(RECORD + "delete/", records.RecordDelete.as_view(), name="record-delete"),
    path(RECORD + "history/", history.RecordHistory.as_view(), name="record-history"),
    path(VERSION, history.RecordVersion.as_view(), name="record-version"),
    path(VERSION + "revert/", history.RecordRevert.as_view(), name="record-revert"),
    path("changes/<str:change_reference>/undo/", undo.Undo.as_view(), name="undo"),
    path("styleguide/", styleguide.Styleguide.as_view(), name="styleguide"),
    re_path("^objects/(?P<rest>.*)$", moved.Moved.as_view()),
]
