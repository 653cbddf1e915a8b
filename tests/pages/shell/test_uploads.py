"""Hold the number of files that a session may leave on the server."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.shell import uploads


def test_a_session_holds_its_newest_files_only(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = MemoryUploadedFileManager("/upload")
    server = SimpleNamespace(uploaded_file_mgr=manager)
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    uploads.bound()
    for number in range(50):
        manager.add_file("a", UploadedFileRec(str(number), "x.geojson", "", b"x" * 1000))
    manager.add_file("b", UploadedFileRec("other", "x.geojson", "", b"y"))
    held = manager.get_files("a", [str(number) for number in range(50)])
    assert [file.file_id for file in held] == ["47", "48", "49"]
    assert len(manager.get_files("b", ["other"])) == 1, "others are not touched"
    manager.remove_session_files("a")
    assert manager.get_files("a", ["49"]) == []
