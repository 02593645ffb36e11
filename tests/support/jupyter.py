"""
A Jupyter server of one's own: JupyterLab and Notebook 7 on loopback.

Nothing of the user's configuration is read or written: settings, runtime files,
workspaces and the IPython profile live in one temporary folder.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from pathlib import Path
from typing import Any, Final, Self


ROOT: Final = Path(__file__).parents[2]

#: What every test of a page wants: nothing phones home, nothing pops up, and every cell
#: is in the page, seen or not.
_SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "fetchNews": "false",
        "doNotDisturbMode": True,
    },
    "@jupyterlab/notebook-extension:tracker": {
        "windowingMode": "none",
        "accessKernelHistory": False,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
_NEVER: Final = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 15.0


class JupyterServer:
    """
    Serves *folder* while its `with` block runs.

    Its kernels import the package of this checkout.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.token = secrets.token_hex(16)
        self.base = f"http://127.0.0.1:{_free_port()}"
        self._process: subprocess.Popen[bytes] | None = None
        self._home = tempfile.TemporaryDirectory(
            prefix="jupyter-", ignore_cleanup_errors=True
        )

    def __enter__(self) -> Self:
        """
        Start the server and wait until it answers.
        """
        home = Path(self._home.name)
        log = home / "server.log"
        with log.open("wb") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *self._options()],
                env=_environment(home),
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )
        try:
            self._wait(log)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """
        Stop the server; it ends its kernels itself.
        """
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._home.cleanup()

    def lab(self, notebook: str) -> str:
        """
        Return the address of *notebook* in JupyterLab, without side bars.
        """
        return self._address(f"/doc/tree/{notebook}")

    def notebook7(self, notebook: str) -> str:
        """
        Return the address of *notebook* in Notebook 7.
        """
        return self._address(f"/notebooks/{notebook}")

    def _address(self, path: str) -> str:
        return f"{self.base}{path}?token={self.token}"

    def _options(self) -> list[str]:
        port = self.base.rpartition(":")[2]
        return [
            "--no-browser",
            "--allow-root",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.folder}",
            f"--IdentityProvider.token={self.token}",
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
            "--LabApp.news_url=None",
            "--LabApp.extension_manager=readonly",
            f"--LabApp.check_for_updates_class={_NEVER}",
        ]

    def _wait(self, log: Path) -> None:
        assert self._process is not None
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self._address("/api/status"), timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"Jupyter did not start:\n{log.read_text()[-3000:]}")


def _environment(home: Path) -> dict[str, str]:
    names = ("config", "data", "runtime", "ipython", "settings", "workspaces")
    folders = {name: home / name for name in names}
    for folder in folders.values():
        folder.mkdir()
    for plugin, values in _SETTINGS.items():
        package, name = plugin.rsplit(":", 1)
        file = folders["settings"] / package / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(folders["config"]),
        "JUPYTER_DATA_DIR": str(folders["data"]),
        "JUPYTER_RUNTIME_DIR": str(folders["runtime"]),
        "IPYTHONDIR": str(folders["ipython"]),
        "JUPYTERLAB_SETTINGS_DIR": str(folders["settings"]),
        "JUPYTERLAB_WORKSPACES_DIR": str(folders["workspaces"]),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
