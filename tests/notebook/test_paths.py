"""
Paths that go on from what was typed.
"""

from machina_lab.notebook.paths import complete_path


def test_a_huge_folder_is_cut(tmp_path):
    """
    Of many files only so many are listed.
    """
    for n in range(20):
        (tmp_path / f"file-{n}").touch()

    assert 5 == len(complete_path(f"{tmp_path}/", "path", limit=5))


def test_what_cannot_be_read_has_nothing(tmp_path):
    """
    A folder that is not there, and one that cannot be, offer nothing.
    """
    assert [] == complete_path(f"{tmp_path}/nosuch/", "path")
    assert [] == complete_path("\0/", "path")


def test_hidden_files_must_be_asked_for(tmp_path):
    """
    What begins with a dot comes once a dot is typed.
    """
    (tmp_path / ".env").touch()

    assert [] == complete_path(f"{tmp_path}/", "path")
    assert [(f"{tmp_path}/.env", "path")] == complete_path(f"{tmp_path}/.", "path")
