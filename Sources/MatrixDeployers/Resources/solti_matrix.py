"""Writes what Ansible does to the file named by SOLTI_ANSIBLE_EVENTS, one JSON object a line, while it runs.

Works with ansible-core 2.14 and later. Results reach a callback already censored where `no_log` asks for it.
"""
from __future__ import annotations

import json
import os
import time

from ansible import constants
from ansible.playbook.task_include import TaskInclude
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: solti_matrix
    type: notification
    short_description: one line of JSON for each event
    description: Tells matrix what every task did on every host.
    requirements: [enabled by ANSIBLE_CALLBACKS_ENABLED]
"""

LIMIT = 16000
# Ansible looks a thousand times a second whether a task has ended. That takes 6 % of a core, and cells run beside each other.
OFTEN, SELDOM = 0.001, 0.01


def clip(value):
    """Text of at most LIMIT characters; the end of an output says why it failed, so the end is kept.

    It is cut between lines, or between words if there are no lines: matrix hides secrets afterwards, and knows only whole ones.
    """
    text = value if isinstance(value, str) else json.dumps(value, default=str, sort_keys=True)
    if len(text) <= LIMIT:
        return text
    head, tail = text[: LIMIT // 4], text[-3 * LIMIT // 4:]
    head = head.rpartition("\n")[0] or head.rpartition(" ")[0]
    tail = tail.partition("\n")[2] or tail.partition(" ")[2]
    return head + "\n[...]\n" + tail


def rescued(task):
    """Whether a block around the task catches its failure: the task stands in `block`, not in `rescue` or `always`."""
    child, parent = task, getattr(task, "_parent", None)
    while parent is not None:
        if getattr(parent, "rescue", None) and any(child._uuid == each._uuid for each in parent.block):
            return True
        child, parent = parent, getattr(parent, "_parent", None)
    return False


# Actions that run on this machine alone, for any host.
HERE = {"add_host", "assert", "debug", "fail", "group_by", "import_role", "import_tasks", "include_role", "include_tasks", "include_vars",
        "meta", "pause", "set_fact", "set_stats", "validate_argument_spec"}


def place_of(result):
    """The host that a task ran on: its own, or the one that it was delegated to; None if it ran on this machine."""
    task, fields = result._task, result._task_fields
    connection = fields.get("connection") or getattr(task, "connection", None)
    if str(task.action).rpartition(".")[2] in HERE or str(connection).rpartition(".")[2] == "local":
        return None
    return str(fields.get("delegate_to") or result._host.get_name())


def role_of(task):
    """The name of a task's role. A path is reduced to its last part, which is the same on every machine."""
    role = getattr(task, "_role", None)
    return os.path.basename(role.get_name().rstrip("/")) if role else None


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "solti_matrix"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        path = os.environ.get("SOLTI_ANSIBLE_EVENTS")
        # Appended and flushed line by line: matrix reads the file while it grows.
        self.stream = open(path, "a", encoding="utf-8", errors="backslashreplace") if path else None
        self.disabled = self.stream is None
        self.started = {}
        self.titles = {}
        self.play = None

    def send(self, event, **fields):
        line = {"event": event, "time": time.time()}
        line.update((key, value) for key, value in fields.items() if value is not None)
        self.stream.write(json.dumps(line, default=str) + "\n")
        self.stream.flush()

    def send_task(self, event, result, status, **fields):
        host, task, data = result._host, result._task, result._result
        # A task's output matters, and is written, only if the task did not succeed.
        keys = () if status in ("ok", "changed") else ("censored",) if "censored" in data else ("msg", "stdout", "stderr", "module_stderr")
        texts = {"msg" if key == "censored" else key: clip(data[key]) for key in keys if data.get(key)}
        self.send(
            event, status=status, host=host.get_name(), place=place_of(result), check=bool(result._task_fields.get("check_mode")) or None,
            task=str(result._task_fields.get("name") or task.name or task.action), id=task._uuid,
            role=role_of(task), action=str(task.action), path=task.get_path() or None, rc=data.get("rc"),
            reason=data.get("skip_reason"), condition=clip(data["false_condition"]) if data.get("false_condition") else None,
            attempts=data.get("attempts"), started=self.started.get((host.get_name(), task._uuid)), **texts, **fields)

    def item(self, result, status):
        self.send_task("item", result, status, item=clip(self._get_item_label(result._result)))

    def v2_playbook_on_start(self, playbook):
        # Only ansible.cfg could set it otherwise, and that is the project's.
        if constants.DEFAULT_INTERNAL_POLL_INTERVAL == OFTEN:
            constants.DEFAULT_INTERNAL_POLL_INTERVAL = SELDOM
        self.send("playbook", plays=len(playbook.get_plays()))

    def v2_playbook_on_play_start(self, play):
        self.play = play
        self.send("play", play=play.get_name())

    def v2_playbook_on_no_hosts_matched(self):
        inventory = self.play.get_variable_manager()._inventory
        # Hosts left out only by --limit differ from a pattern that matches no host of the cell. Hosts of other inventories do not count.
        cell = os.environ.get("SOLTI_CELL")
        hosts = inventory.get_hosts(self.play.hosts, ignore_limits=True)
        limited = any(host.implicit or host.get_vars().get("solti_cell") == cell for host in hosts)
        self.send("no_hosts", play=self.play.get_name(), limited=limited, msg=str(self.play.hosts))

    def v2_playbook_on_task_start(self, task, is_conditional):
        # Only here the name has its values; Ansible takes them out again before the task starts on a host.
        self.titles[task._uuid] = task.name

    def v2_playbook_on_handler_task_start(self, task):
        self.titles[task._uuid] = task.name

    def v2_runner_on_start(self, host, task):
        self.started[host.get_name(), task._uuid] = time.time()
        name = self.titles.get(task._uuid) or task.name or str(task.action)
        title = " : ".join(part for part in (role_of(task), name) if part)
        self.send("start", host=host.get_name(), task=title, id=task._uuid)

    def v2_runner_on_ok(self, result):
        # A successful include is not a task itself: its tasks follow.
        if not isinstance(result._task, TaskInclude):
            self.send_task("task", result, "changed" if result.is_changed() else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.send_task("task", result, "ignored" if ignore_errors else "rescued" if rescued(result._task) else "failed")

    def v2_runner_on_skipped(self, result):
        self.send_task("task", result, "skipped")

    def v2_runner_on_unreachable(self, result):
        ignored = bool(result._task.ignore_unreachable)
        self.send_task("task", result, "ignored" if ignored else "unreachable", unreachable=ignored or None)

    def v2_runner_item_on_ok(self, result):
        self.item(result, "changed" if result.is_changed() else "ok")

    def v2_runner_item_on_failed(self, result):
        self.item(result, "failed")

    def v2_runner_item_on_skipped(self, result):
        self.item(result, "skipped")

    def v2_playbook_on_stats(self, stats):
        kinds = {"ok": stats.ok, "changed": stats.changed, "failed": stats.failures, "unreachable": stats.dark, "skipped": stats.skipped,
                 "rescued": stats.rescued, "ignored": stats.ignored}
        self.send("stats", counts={kind: sum(hosts.values()) for kind, hosts in kinds.items()})
