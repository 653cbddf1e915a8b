"""Bound the uploaded files that the server holds for one session.

Streamlit caps the size of a file, not how many a client may send: each stays in memory until its
session ends.
"""

from __future__ import annotations

from typing import Final

from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

MOST_FILES: Final = 3
"""Files that one session may have on the server; the page itself needs one."""


class Bounded(MemoryUploadedFileManager):
    """Holds the newest few files of each session."""

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Add a file, and let go of the oldest ones beyond :data:`MOST_FILES`.

        Parameters
        ----------
        session_id
            The session that the file belongs to; files of others stay.
        file
            The file as uploaded.
        """
        super().add_file(session_id, file)
        for old in list(self.file_storage.get(session_id, ()))[:-MOST_FILES]:
            self.remove_file(session_id, old)


def bound() -> None:
    """Let the running server hold no more; without a server (a test of a page) do nothing.

    The server makes its manager itself and takes no other, so the class of that one is changed.
    """
    manager = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    if type(manager) is MemoryUploadedFileManager:
        manager.__class__ = Bounded
