#!/usr/bin/env python3
"""A program for `driver: command` that runs a molecule scenario's create.yml and destroy.yml as they are. README.md has the settings.

Each host gets a separate scenario: a molecule.yml with one platform, the inventory and the variables that molecule would give the
playbooks, in a folder below the state folder. The folder is made before create.yml runs and removed after destroy.yml has succeeded: so
`destroy` of what has no folder has nothing to do.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import sys

try:
    import yaml
except ModuleNotFoundError:
    # Ansible's own Python has it.
    with open(shutil.which("ansible-playbook") or os.devnull, encoding="utf-8", errors="replace") as program:
        words = program.readline().removeprefix("#!").split()
    if not words or os.environ.get("MOLECULE_PY_AGAIN"):
        sys.exit("PyYAML is missing: install ansible-core, or python3-yaml")
    os.environ["MOLECULE_PY_AGAIN"] = "1"
    os.execvp(words[0], words + [os.path.abspath(__file__)] + sys.argv[1:])

FATAL, UNAVAILABLE, TRANSIENT = 1, 69, 75

# What molecule writes into the inventory; playbooks rely on it.
VARIABLES = {
    "molecule_file": "{{ lookup('env', 'MOLECULE_FILE') }}",
    "molecule_ephemeral_directory": "{{ lookup('env', 'MOLECULE_EPHEMERAL_DIRECTORY') }}",
    "molecule_scenario_directory": "{{ lookup('env', 'MOLECULE_SCENARIO_DIRECTORY') }}",
    "molecule_yml": "{{ lookup('file', molecule_file) | from_yaml }}",
    "molecule_instance_config": "{{ lookup('env', 'MOLECULE_INSTANCE_CONFIG') }}",
    "molecule_no_log": "{{ lookup('env', 'MOLECULE_NO_LOG') or not molecule_yml.provisioner.log | default(false) | bool }}",
}


class Refusal(Exception):
    def __init__(self, message, status=FATAL):
        super().__init__(message)
        self.status = status


def interpolated(text, environment):
    """`$X`, `${X}`, `${X:-default}` and `${X-default}`, as molecule replaces them in molecule.yml."""

    def value(match):
        name, way, default = match.group("name") or match.group("plain"), match.group("way"), match.group("default")
        found = environment.get(name)
        if way == ":-":
            return found or default
        return default if way == "-" and found is None else found or ""

    pattern = r"\$(?:\{(?P<name>\w+)(?:(?P<way>:?-)(?P<default>[^}]*))?\}|(?P<plain>[A-Za-z_]\w*)|\$)"
    return re.sub(pattern, lambda match: "$" if match.group(0) == "$$" else value(match), text)


class Scenario:
    """The user's scenario: a folder with molecule.yml."""

    def __init__(self, settings):
        if "scenario" not in settings:
            raise Refusal("settings.scenario names no molecule scenario: the folder of its molecule.yml")
        self.folder = os.path.abspath(os.path.expanduser(settings["scenario"]))
        self.project = os.path.abspath(os.path.expanduser(settings.get("project", self.folder + "/../..")))
        self.name = os.path.basename(self.folder)
        self.file = os.path.join(self.folder, "molecule.yml")

    def read(self, environment):
        try:
            with open(self.file, encoding="utf-8") as file:
                return yaml.safe_load(interpolated(file.read(), environment)) or {}
        except OSError as error:
            raise Refusal(f"{self.file} cannot be read: {error.strerror}") from error
        except yaml.YAMLError as error:
            raise Refusal(f"{self.file} is not YAML: {error}") from error

    def playbook(self, molecule, action):
        """The one that `provisioner.playbooks` names, for the driver first; else `<action>.yml` of the scenario."""
        playbooks = molecule.get("provisioner", {}).get("playbooks", {})
        own = playbooks.get(molecule.get("driver", {}).get("name", ""), {})
        named = (own if isinstance(own, dict) else {}).get(action) or playbooks.get(action) or f"{action}.yml"
        path = os.path.normpath(os.path.join(self.folder, os.path.expanduser(named)))
        if not os.path.isfile(path):
            raise Refusal(f"{self.file} has no playbook for {action}: {path} is not there")
        return path


class Instance:
    """One host: its copy of the scenario, in a folder that lives as long as it does."""

    def __init__(self, request):
        self.request, self.settings = request, request["settings"]
        self.name = request["resource"]["name"]
        self.state = request["state"]
        self.folder = os.path.join(self.state, self.name)
        self.scenario = Scenario(self.settings)

    # -- the environment and files that molecule makes

    @property
    def inventory(self):
        return os.path.join(self.folder, "inventory")

    def environment(self, molecule=None):
        values = dict(os.environ)
        provisioner = (molecule or {}).get("provisioner", {})
        own = {
            "MOLECULE_DEBUG": "False", "MOLECULE_FILE": f"{self.folder}/molecule.yml", "MOLECULE_ENV_FILE": f"{self.scenario.project}/.env.yml",
            "MOLECULE_STATE_FILE": f"{self.folder}/state.yml", "MOLECULE_INVENTORY_FILE": f"{self.inventory}/ansible_inventory.yml",
            "MOLECULE_EPHEMERAL_DIRECTORY": self.folder, "MOLECULE_SCENARIO_DIRECTORY": self.scenario.folder,
            "MOLECULE_PROJECT_DIRECTORY": self.scenario.project, "MOLECULE_INSTANCE_CONFIG": f"{self.folder}/instance_config.yml",
            "MOLECULE_DEPENDENCY_NAME": (molecule or {}).get("dependency", {}).get("name", "galaxy"),
            "MOLECULE_DRIVER_NAME": (molecule or {}).get("driver", {}).get("name", "default"),
            "MOLECULE_PROVISIONER_NAME": provisioner.get("name", "ansible"), "MOLECULE_SCENARIO_NAME": self.scenario.name,
            "MOLECULE_VERIFIER_NAME": (molecule or {}).get("verifier", {}).get("name", "ansible"),
        }
        values.update(own)
        values["ANSIBLE_CONFIG"] = f"{self.folder}/ansible.cfg"
        places = [f"{self.folder}/roles", os.path.dirname(self.scenario.project), "~/.ansible/roles", "/usr/share/ansible/roles", "/etc/ansible/roles"]
        values["ANSIBLE_ROLES_PATH"] = ":".join(places + [os.environ[key] for key in ["ANSIBLE_ROLES_PATH"] if os.environ.get(key)])
        values.update({str(key): str(value) for key, value in provisioner.get("env", {}).items()})
        return values

    def prepare(self, platform):
        """Writes what molecule would have written for this host alone."""
        molecule = self.scenario.read(self.environment())
        os.makedirs(self.inventory, exist_ok=True)
        molecule["platforms"] = [platform]
        molecule.setdefault("provisioner", {}).setdefault("inventory", {})
        name = platform["name"]
        options = molecule["provisioner"].get("connection_options", {})
        inventory = {"all": {"hosts": {name: options}, "vars": VARIABLES}}
        for group in platform.get("groups", ["ungrouped"]):
            inventory.setdefault(group, {}).setdefault("hosts", {})[name] = options
        self.write("inventory/ansible_inventory.yml", inventory)
        self.write("state.yml", {"driver": molecule.get("driver", {}).get("name", "default"), "created": False, "prepared": False,
                                 "run": self.request["resource"]["run"]})
        for kind in ("group_vars", "host_vars"):
            for owner, values in molecule["provisioner"]["inventory"].get(kind, {}).items():
                owner = name if kind == "host_vars" and owner == platform.get("was") else owner
                os.makedirs(f"{self.inventory}/{kind}", exist_ok=True)
                self.write(f"inventory/{kind}/{owner}", values)
        self.write_configuration(molecule["provisioner"].get("config_options", {}))
        # The last one: with it, create.yml may have begun.
        self.write("molecule.yml.new", molecule)
        os.rename(f"{self.folder}/molecule.yml.new", f"{self.folder}/molecule.yml")

    def write(self, name, value):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            yaml.safe_dump(value, file, sort_keys=False)

    def write_configuration(self, options):
        sections = {"defaults": {"host_key_checking": False, "retry_files_enabled": False, "nocows": 1, "interpreter_python": "auto_silent"}}
        for section, values in options.items():
            sections.setdefault(section, {}).update(values or {})
        with open(os.path.join(self.folder, "ansible.cfg"), "w", encoding="utf-8") as file:
            for section, values in sections.items():
                file.write(f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))

    # -- names and ports

    def platform(self):
        """The scenario's entry for the cell's system, with a separate name and port."""
        system = self.request["cell"]["os"]["name"]
        named = self.settings.get("platforms", {})
        entries = self.scenario.read(self.environment()).get("platforms") or []
        wanted = named.get(system) or (entries[0]["name"] if len(entries) == 1 and not named else None)
        entry = next((entry for entry in entries if entry["name"] == wanted), None)
        if not entry:
            raise Refusal(
                f"{system} has no platform of {self.scenario.file}: name one of {', '.join(entry['name'] for entry in entries) or 'none'} "
                f"in settings.platforms.{system}", UNAVAILABLE)
        entry = {**entry, **self.settings.get("change", {}), **self.settings.get("change_by_os", {}).get(system, {}), "was": entry["name"]}
        if not self.isfixed:
            entry["name"] = self.name
        if "ssh_port" in entry and not self.isfixed:
            entry["ssh_port"] = self.freeport()
        return entry

    @property
    def isfixed(self):
        return self.settings.get("names") == "fixed"

    def freeport(self):
        """A port that no other host of this state folder has, and that nobody listens on."""
        first, last = (int(end) for end in str(self.settings.get("ports", "22200-22299")).split("-"))
        taken = {entry.get("ssh_port") for entry in map(self.recorded, self.others())}
        for port in range(first, last + 1):
            if port in taken:
                continue
            with socket.socket() as probe:
                with contextlib.suppress(OSError):
                    probe.bind(("127.0.0.1", port))
                    return port
        raise Refusal(f"no port of {first}-{last} is free: widen settings.ports", TRANSIENT)

    def others(self):
        return [name for name in os.listdir(self.state) if name != self.name and os.path.isdir(os.path.join(self.state, name))]

    def recorded(self, name):
        """The platform entry of a host that has a folder."""
        try:
            with open(os.path.join(self.state, name, "molecule.yml"), encoding="utf-8") as file:
                return (yaml.safe_load(file) or {}).get("platforms", [{}])[0]
        except (OSError, yaml.YAMLError):
            return {}

    @property
    def isours(self):
        """Whether the folder is of this run."""
        try:
            with open(os.path.join(self.folder, "state.yml"), encoding="utf-8") as file:
                return (yaml.safe_load(file) or {}).get("run") == self.request["resource"]["run"]
        except (OSError, yaml.YAMLError):
            return True

    @contextlib.contextmanager
    def alone(self):
        """One process at a time chooses names and ports."""
        os.makedirs(self.state, exist_ok=True)
        with open(os.path.join(self.state, "lock"), "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # -- playbooks

    def play(self, action):
        with open(os.path.join(self.folder, "molecule.yml"), encoding="utf-8") as file:
            molecule = yaml.safe_load(file)
        command = ["ansible-playbook", "--inventory", self.inventory, "--skip-tags", "molecule-notest,notest",
                   self.scenario.playbook(molecule, action)]
        status = self.shown(command, molecule)
        if status != 0:
            raise Refusal(f"{action}.yml failed: ansible-playbook ended with {status}", TRANSIENT if status in (4, 250) else FATAL)

    def shown(self, command, molecule):
        """Runs a command; its output is progress. It gets no broken pipe if nobody listens any more: what it began must come to its end."""
        with subprocess.Popen(command, cwd=self.scenario.folder, env=self.environment(molecule), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            for line in process.stdout:
                with contextlib.suppress(OSError):
                    sys.stderr.buffer.write(line)
                    sys.stderr.buffer.flush()
        return process.returncode

    def found(self, platform):
        """How the host is reached: from instance_config, else from the inventory that create.yml wrote."""
        with contextlib.suppress(FileNotFoundError):
            with open(f"{self.folder}/instance_config.yml", encoding="utf-8") as file:
                for entry in yaml.safe_load(file) or []:
                    if entry.get("instance") == platform["name"]:
                        return self.endpoint(entry.get("address"), entry.get("port"), entry.get("user"), entry.get("identity_file"))
        listing = subprocess.run(["ansible-inventory", "--inventory", self.inventory, "--list"], cwd=self.scenario.folder, env=self.environment(),
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if listing.returncode != 0:
            raise Refusal(f"the inventory of {self.name} cannot be read: {listing.stderr.strip()}")
        known = json.loads(listing.stdout)["_meta"]["hostvars"]
        values = known.get(platform["name"])
        strangers = sorted(set(known) - {platform["name"], "localhost"})
        if strangers:
            raise Refusal(f"create.yml made {', '.join(strangers)} in place of {platform['name']}: its names are fixed, so set names: fixed")
        connection = (values or {}).get("ansible_connection", "ssh")
        if not values or connection not in ("ssh", "smart", "paramiko"):
            raise Refusal(f"{platform['name']} is not reached by ssh but by {connection if values else 'nothing'}: matrix needs an address and sshd")
        return self.endpoint(values.get("ansible_host"), values.get("ansible_port"), values.get("ansible_user"),
                             values.get("ansible_ssh_private_key_file"))

    def endpoint(self, address, port, user, key):
        if not address:
            raise Refusal(f"create.yml told no address of {self.name}: it must write instance_config.yml or an inventory with ansible_host")
        key = self.settings.get("key", key)
        told = {"address": address, "port": int(port or 22), "user": self.settings.get("user", user)}
        if not self.settings.get("authorize"):
            # Without the run's key in it, the scenario's own key opens it; "" leaves the choice to OpenSSH.
            told["key"] = os.path.abspath(os.path.expanduser(key)) if key else ""
        return {key: value for key, value in told.items() if value is not None}

    def authorize(self, platform):
        """Puts the run's key into the host by a command of the settings."""
        command = [str(word).replace("NAME", platform["name"]) for word in self.settings.get("authorize", [])]
        if command and subprocess.run(command, input=self.request["login"]["public_key"] + "\n", text=True, stdout=sys.stderr,
                                      check=False).returncode != 0:
            raise Refusal(f"settings.authorize failed: {' '.join(command)}", TRANSIENT)

    # -- verbs

    def create(self):
        with self.alone():
            holders = [name for name in self.others() if self.recorded(name)]
            if self.isfixed and holders:
                raise Refusal(f"{holders[0]} is up, and the names of {self.scenario.file} are fixed: one cell at a time (set limits.platform to 1)")
            if os.path.isdir(self.folder) and not self.isours:
                raise Refusal(f"{self.name} belongs to another run")
            if not self.recorded(self.name):
                platform = self.platform()
                self.prepare(platform)
        platform = self.recorded(self.name)
        self.play("create")
        told = self.found(platform)
        self.authorize(platform)
        return {"id": platform["name"], **told, "facts": {"scenario": self.scenario.name, "molecule_platform": platform["was"]}}

    def destroy(self):
        if os.path.isdir(self.folder) and self.isours:
            # A folder without its molecule.yml is one whose create had not begun.
            if self.recorded(self.name):
                self.play("destroy")
            shutil.rmtree(self.folder)
        return {}


def main():
    request = json.load(sys.stdin)
    if sys.argv[1] not in ("create", "destroy"):
        raise Refusal(f"unknown verb {sys.argv[1]}: write list: false in the platform's settings", 64)
    instance = Instance(request)
    print(json.dumps({"protocol": 1, **getattr(instance, sys.argv[1])()}), flush=True)


try:
    main()
except Refusal as refusal:
    print(refusal, file=sys.stderr)
    sys.exit(refusal.status)
