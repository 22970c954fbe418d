/// What kind of problem a case or an error is: the dotted `type` in reports, on which consumers of JUnit rely.
///
/// Every case's comment says what the type means and, after `Next:`, what to do. `docs/problem-types.md` is made from them, and a test
/// holds it to this file: `SOLTI_UPDATE_GOLDEN=1 swift test --filter ProblemTypesPageTests` writes it again.
public enum ProblemType: String, Sendable, CaseIterable {
    // MARK: - General

    /// Something outside of matrix failed. Reports name the phase instead of it: see the types by phase.
    /// Next: Read the message.
    case infrastructure = "matrix.infrastructure"
    /// A signal or --fail-fast ended the run before this was done.
    /// Next: matrix resume RUN goes on with a run that a signal ended.
    case interrupted = "matrix.interrupted"
    /// The run goes on, or its process died (a kill, a crash, a power cut) before this was done.
    /// Next: See matrix status. If the process is gone: matrix resume RUN goes on with the run, matrix reap removes what it left.
    case unfinished = "matrix.unfinished"
    /// A resource may be left behind; the exit status is 4.
    /// Next: Run the matrix reap command of the message.
    case leak = "matrix.leak"
    /// A resource could not be removed.
    /// Next: Run the matrix reap command of the message.
    case destroyLeak = "matrix.destroy.leak"
    /// The run failed, and no cell has a case that says so; or a report or the ledger could not be written.
    /// Next: Read the message, and the warnings of the run.
    case runFailed = "matrix.run.failed"
    /// A shard has no report, so its cells have no verdict.
    /// Next: See the job of that shard, run it again, and merge with its report.
    case shardMissing = "matrix.shard.missing"
    /// The run would cost more than the budget.
    /// Next: Raise budget in the matrix file, or select fewer cells.
    case budget = "matrix.budget"

    // MARK: - Creating hosts

    /// The platform cannot give what the cell asks for.
    /// Next: Do what the next line of the case says.
    case createUnavailable = "matrix.create.unavailable"
    /// The platform reports an address, name, user or host key of a host that cannot be one.
    /// Next: Look at the host on its platform: something there writes these values.
    case hostData = "matrix.create.host-data"
    /// A host was removed by something else while it was created.
    /// Next: Run again; see what else removes containers there.
    case createGone = "matrix.create.gone"
    /// A container ended right after its start.
    /// Next: Start it by hand with the command of the message.
    case createExited = "matrix.create.exited"
    /// Something that is not matrix's has the name.
    /// Next: Rename or remove it.
    case createNameTaken = "matrix.create.name-taken"
    /// No host of the pool could be leased.
    /// Next: Let the other run end, or wait longer with wait: in the settings.
    case createPool = "matrix.create.pool"

    // MARK: - Podman

    /// A podman command failed.
    /// Next: Run the command of the message by hand.
    case podman = "matrix.podman"
    /// Podman is not installed.
    /// Next: Install it; matrix doctor says how.
    case podmanMissing = "matrix.podman.missing"
    /// Podman could not remove a container or network.
    /// Next: Run the command of the message by hand, then matrix reap.
    case destroyPodman = "matrix.destroy.podman"
    /// An image is not here and could not be pulled.
    /// Next: podman pull it, or name another image.
    case imageUnavailable = "matrix.image.unavailable"
    /// A guest image could not be built.
    /// Next: See whether this machine reaches its Debian mirror.
    case imageBootstrap = "matrix.image.bootstrap"

    // MARK: - Platforms as programs

    /// The program of a command platform failed, or its answer cannot be used.
    /// Next: Run the command of the message by hand; matrix platform test tries the program.
    case platformProgram = "matrix.platform.program"

    // MARK: - Pools of static hosts

    /// The host is leased by another run.
    /// Next: Wait for it; see matrix status.
    case poolBusy = "matrix.pool.busy"
    /// A cluster is still on the host.
    /// Next: matrix reap --yes removes it and frees the host.
    case poolCluster = "matrix.pool.cluster"
    /// The host is in quarantine because its reset failed.
    /// Next: Repair it, then: matrix pool lift HOST.
    case poolQuarantine = "matrix.pool.quarantine"

    // MARK: - Proxmox VE

    /// No address of the machine was found.
    /// Next: Give the template a guest agent, or name addresses in the settings, as the message says.
    case proxmoxAddress = "matrix.proxmox.address"
    /// The range of addresses is used up.
    /// Next: Widen addresses.range, or lower limits.platform.
    case proxmoxAddresses = "matrix.proxmox.addresses"
    /// The guest agent stays silent, and nothing else can tell the address.
    /// Next: Set addresses: or ssh:, or build a template with the agent, as the message says.
    case proxmoxAgent = "matrix.proxmox.agent"
    /// The server's certificate is not trusted.
    /// Next: Set tls.ca (PROXMOX_CA) or tls.fingerprint in the settings.
    case proxmoxCertificate = "matrix.proxmox.certificate"
    /// The server refuses the token.
    /// Next: Check the token's id and secret.
    case proxmoxCredentials = "matrix.proxmox.credentials"
    /// The range of VMIDs is used up.
    /// Next: Widen vmids, or remove old machines with matrix reap.
    case proxmoxIds = "matrix.proxmox.ids"
    /// The machine stays locked by another task.
    /// Next: See the tasks of the node; run again afterwards.
    case proxmoxLocked = "matrix.proxmox.locked"
    /// The token may not do this.
    /// Next: Give it the privilege that the message names.
    case proxmoxPrivilege = "matrix.proxmox.privilege"
    /// A request failed.
    /// Next: Read the server's answer in the message.
    case proxmoxRequest = "matrix.proxmox.request"
    /// The node cannot be reached by SSH.
    /// Next: Try the ssh command of the message.
    case proxmoxSsh = "matrix.proxmox.ssh"
    /// The machine stopped while it was waited for.
    /// Next: See its console.
    case proxmoxStopped = "matrix.proxmox.stopped"
    /// A task of the server failed.
    /// Next: See the task's log on the node.
    case proxmoxTask = "matrix.proxmox.task"
    /// There is no template of the system.
    /// Next: Run the matrix template build command of the message.
    case proxmoxTemplate = "matrix.proxmox.template"
    /// A program on the node failed.
    /// Next: Run the command of the message on the node.
    case proxmoxTool = "matrix.proxmox.tool"
    /// A downloaded image is not the one that its checksum names.
    /// Next: Download again; if it stays, check checksumURL.
    case templateChecksum = "matrix.template.checksum"
    /// An image or its checksum could not be downloaded.
    /// Next: Check the internet connection and run it again.
    case templateDownload = "matrix.template.download"
    /// The image cannot be imported.
    /// Next: Do what the message says; another image may be needed.
    case templateImage = "matrix.template.image"
    /// A failed build left its machine on the server.
    /// Next: Remove it as the message says.
    case templateLeak = "matrix.template.leak"

    // MARK: - Linode

    /// An instance did not boot.
    /// Next: See its console in the Cloud Manager; run again.
    case linodeBoot = "matrix.linode.boot"
    /// No region has room for the type.
    /// Next: Name another region or type.
    case linodeCapacity = "matrix.linode.capacity"
    /// The API's certificate cannot be trusted.
    /// Next: Check endpoint, and the clock and authorities of this machine.
    case linodeCertificate = "matrix.linode.certificate"
    /// The API refuses the token.
    /// Next: Check the token: it may have expired or been revoked.
    case linodeCredentials = "matrix.linode.credentials"
    /// An instance of the name or id is not of this run, so it is left alone.
    /// Next: Delete it in the Cloud Manager if it is not wanted.
    case linodeForeign = "matrix.linode.foreign"
    /// The instance is not there any more.
    /// Next: Create the cell again.
    case linodeGone = "matrix.linode.gone"
    /// The account has reached a limit.
    /// Next: Remove other Linodes, or ask Linode for a higher limit.
    case linodeLimit = "matrix.linode.limit"
    /// The API is closed for maintenance.
    /// Next: Run again afterwards.
    case linodeMaintenance = "matrix.linode.maintenance"
    /// An instance could not be started or stopped.
    /// Next: See its events in the Cloud Manager.
    case linodePower = "matrix.linode.power"
    /// A request failed.
    /// Next: Read the API's answer in the message.
    case linodeRequest = "matrix.linode.request"
    /// The token may not do this.
    /// Next: Make a token with the scopes of docs/linode.md.
    case linodeScope = "matrix.linode.scope"
    /// An instance came without its tags.
    /// Next: Use the token of an unrestricted user: a restricted one may not set tags.
    case linodeTags = "matrix.linode.tags"
    /// No type fits the asked size.
    /// Next: See the prices page, or name a type.
    case linodeType = "matrix.linode.type"

    // MARK: - K3s

    /// The server of the cluster has no kubeconfig or token in time.
    /// Next: See journalctl -u k3s on it.
    case k3sAccess = "matrix.k3s.access"
    /// binary: has no program for the architecture of a host.
    /// Next: Name one for it.
    case k3sBinary = "matrix.k3s.binary"
    /// The channel's newest release could not be found.
    /// Next: Pin a release with version:.
    case k3sChannel = "matrix.k3s.channel"
    /// The clocks of the hosts differ too much.
    /// Next: Synchronise them.
    case k3sClock = "matrix.k3s.clock"
    /// A release could not be downloaded.
    /// Next: Check the internet connection, or name a local binary.
    case k3sDownload = "matrix.k3s.download"
    /// Installing K3s failed.
    /// Next: Read the last lines; give more time with limits: if it was slow.
    case k3sInstall = "matrix.k3s.install"
    /// Something of a cluster stays on a host.
    /// Next: Remove it as the message says, then matrix reap --yes.
    case k3sLeftovers = "matrix.k3s.leftovers"
    /// Two hosts have one name.
    /// Next: Give every host another name.
    case k3sNames = "matrix.k3s.names"
    /// A host is not fit for K3s.
    /// Next: Do what the message says.
    case k3sPrerequisites = "matrix.k3s.prerequisites"
    /// There is a K3s on the host already.
    /// Next: Remove it, or use another host.
    case k3sPresent = "matrix.k3s.present"
    /// The cluster was not ready in time.
    /// Next: See the pods and nodes that the message names.
    case k3sReady = "matrix.k3s.ready"
    /// A host did not come back from its reboot.
    /// Next: See its console.
    case k3sReboot = "matrix.k3s.reboot"
    /// The install script could not be downloaded.
    /// Next: Name a local copy with script:.
    case k3sScript = "matrix.k3s.script"
    /// The K3s service did not start.
    /// Next: See its log on the host.
    case k3sStart = "matrix.k3s.start"
    /// A host of the cluster does not answer, so it could not be cleaned.
    /// Next: Start it and run matrix reap.
    case k3sUnreachable = "matrix.k3s.unreachable"
    /// The nodes differ in their K3s, or it is not the release that was asked for.
    /// Next: Correct version: or binary:; give one binary for all.
    case k3sVersion = "matrix.k3s.version"

    // MARK: - SSH

    /// The host refuses the key.
    /// Next: Check user and key; see the host's sshd log.
    case sshAuthentication = "matrix.ssh.authentication"
    /// cloud-init failed on the host.
    /// Next: See /var/log/cloud-init-output.log there.
    case sshCloudInit = "matrix.ssh.cloud-init"
    /// The connection cannot be made, and waiting would not help.
    /// Next: Read OpenSSH's reason in the message.
    case sshConnection = "matrix.ssh.connection"
    /// The folder for SSH connections cannot be used.
    /// Next: Remove it.
    case sshControl = "matrix.ssh.control"
    /// A file could not be copied to or from the host.
    /// Next: Read the message: room, permission or path.
    case sshCopy = "matrix.ssh.copy"
    /// A port could not be forwarded.
    /// Next: Allow AllowTcpForwarding in the host's sshd_config.
    case sshForward = "matrix.ssh.forward"
    /// The host has another key than the known one, or none is known.
    /// Next: Find out why, then correct the known key.
    case sshHostKey = "matrix.ssh.host-key"
    /// The run's key is missing.
    /// Next: Destroy the cell and create it again.
    case sshKey = "matrix.ssh.key"
    /// The file of known keys cannot be written.
    /// Next: Make the state folder writable.
    case sshKnownHosts = "matrix.ssh.known-hosts"
    /// The connection broke, and the host does not answer any more.
    /// Next: See the host's console: it may have rebooted.
    case sshLost = "matrix.ssh.lost"
    /// A host of a pool does not answer.
    /// Next: Try the ssh command of the message.
    case sshUnreachable = "matrix.ssh.unreachable"

    // MARK: - Commands

    /// A command cannot run as the asked user.
    /// Next: Let the account of the login use sudo without a password.
    case commandAccount = "matrix.command.account"
    /// The folder of a command is not there.
    /// Next: Create it, or correct the path.
    case commandDirectory = "matrix.command.directory"
    /// A command cannot be run as it is written.
    /// Next: Correct it as the message says.
    case commandInvalid = "matrix.command.invalid"
    /// A program could not be started.
    /// Next: Read the message.
    case commandLaunch = "matrix.command.launch"
    /// A program is not installed.
    /// Next: Install it; the message says how.
    case commandMissing = "matrix.command.missing"
    /// A command took too long and was ended.
    /// Next: Give it more time with timeout:, or see what it waits for.
    case commandTimeout = "matrix.command.timeout"

    // MARK: - Provisioning

    /// The package lists could not be refreshed.
    /// Next: See whether the host reaches its mirror.
    case provisionCache = "matrix.provision.cache"
    /// The facts of the host could not be read.
    /// Next: Read the last lines.
    case provisionFacts = "matrix.provision.facts"
    /// The host's name could not be set.
    /// Next: Read the last lines.
    case provisionHostname = "matrix.provision.hostname"
    /// /etc/hosts could not be written.
    /// Next: Read the last lines.
    case provisionHosts = "matrix.provision.hosts"
    /// The authorized keys could not be read or written.
    /// Next: Correct provision.ssh_keys.
    case provisionKeys = "matrix.provision.keys"
    /// Packages could not be installed.
    /// Next: Check their names, and the host's mirror.
    case provisionPackages = "matrix.provision.packages"
    /// The extra script failed.
    /// Next: Correct the script under provision.run.
    case provisionRun = "matrix.provision.run"
    /// Provisioning could not begin.
    /// Next: Run the command of the message on the host.
    case provisionStart = "matrix.provision.start"
    /// sudo could not be set up.
    /// Next: See /etc/sudoers.d on the host.
    case provisionSudo = "matrix.provision.sudo"
    /// The user could not be made.
    /// Next: Read the last lines.
    case provisionUser = "matrix.provision.user"

    // MARK: - Ansible

    /// A collection cannot be used.
    /// Next: Check collections: of the step.
    case ansibleCollection = "matrix.ansible.collection"
    /// ansible-playbook ended with an error although no task failed.
    /// Next: Read its last lines.
    case ansibleExit = "matrix.ansible.exit"
    /// A task failed.
    /// Next: See the message and the place of the task.
    case ansibleFailed = "matrix.ansible.failed"
    /// A play's pattern fits no host of the cell.
    /// Next: Correct hosts: of the play or the groups of the cell.
    case ansibleHosts = "matrix.ansible.hosts"
    /// A second run changed something.
    /// Next: Make the tasks that are named change nothing then.
    case ansibleIdempotence = "matrix.ansible.idempotence"
    /// A task failed and was ignored; strict counts that.
    /// Next: Correct the task, or leave out strict.
    case ansibleIgnored = "matrix.ansible.ignored"
    /// Ansible cannot read an inventory of inventory:.
    /// Next: Run the command of the message by hand.
    case ansibleInventory = "matrix.ansible.inventory"
    /// ansible-playbook was killed.
    /// Next: See the memory of this machine.
    case ansibleKilled = "matrix.ansible.killed"
    /// Ansible is not installed or does not run.
    /// Next: Install ansible-core.
    case ansibleMissing = "matrix.ansible.missing"
    /// No task ran on any host.
    /// Next: Check hosts, tags and conditions.
    case ansibleNothing = "matrix.ansible.nothing"
    /// The playbook was not found.
    /// Next: Correct its path.
    case ansiblePlaybook = "matrix.ansible.playbook"
    /// ansible-playbook left no record of its tasks.
    /// Next: See whether callbacks are disabled in ansible.cfg.
    case ansibleRecord = "matrix.ansible.record"
    /// Roles or collections could not be installed.
    /// Next: Check requirements: and the way to Galaxy.
    case ansibleRequirements = "matrix.ansible.requirements"
    /// A task failed and was rescued; strict counts that.
    /// Next: Correct the task, or leave out strict.
    case ansibleRescued = "matrix.ansible.rescued"
    /// A role was not found.
    /// Next: Correct its name or roles_path.
    case ansibleRole = "matrix.ansible.role"
    /// The playbook could not be read.
    /// Next: Correct it at the place of the message.
    case ansibleSyntax = "matrix.ansible.syntax"
    /// Ansible did not reach a host.
    /// Next: See the host, and the connection settings of the playbook.
    case ansibleUnreachable = "matrix.ansible.unreachable"
    /// A vault could not be opened.
    /// Next: Check the vault's password.
    case ansibleVault = "matrix.ansible.vault"
    /// Ansible is too old.
    /// Next: Install a newer ansible-core.
    case ansibleVersion = "matrix.ansible.version"

    // MARK: - Other deploy steps

    /// A command on this machine failed.
    /// Next: Read its last lines; command.sh of the artifacts runs it again.
    case local = "matrix.local"
    /// A command or script on the host failed.
    /// Next: Read its last lines.
    case shell = "matrix.shell"
    /// A script's file cannot be read.
    /// Next: Correct its path.
    case shellFile = "matrix.shell.file"
    /// A host did not come back from its reboot, or not whole.
    /// Next: See its console among the artifacts, and the units that the message names.
    case reboot = "matrix.reboot"
    /// A step changed something on a host that its changes: forbid.
    /// Next: See the list of the case: allow what is meant, correct the rest.
    case changes = "matrix.changes"
    /// A host must not be rebooted.
    /// Next: Do what the next line of the case says.
    case rebootRefused = "matrix.reboot.refused"

    // MARK: - Kubernetes

    /// A command for the cluster failed.
    /// Next: Read its last lines.
    case kubernetes = "matrix.kubernetes"
    /// The cell is not a cluster.
    /// Next: Use a k3s platform, or leave the step out with when:.
    case kubernetesCluster = "matrix.kubernetes.cluster"
    /// Helm is not installed.
    /// Next: Install Helm 3, or apply manifests.
    case kubernetesHelm = "matrix.kubernetes.helm"
    /// The kubeconfig cannot be used.
    /// Next: Create the cell again.
    case kubernetesKubeconfig = "matrix.kubernetes.kubeconfig"
    /// kubectl is not installed.
    /// Next: Install it, or write kubectl: node.
    case kubernetesKubectl = "matrix.kubernetes.kubectl"
    /// Manifests cannot be read or rendered.
    /// Next: Correct them as the message says.
    case kubernetesManifests = "matrix.kubernetes.manifests"
    /// A rollout was not complete in time, or a pod crashes again and again.
    /// Next: Read the pod's last output.
    case kubernetesRollout = "matrix.kubernetes.rollout"
    /// The API server does not answer.
    /// Next: See the cluster's server.
    case kubernetesUnreachable = "matrix.kubernetes.unreachable"

    // MARK: - The ledger

    /// The ledger is damaged.
    /// Next: Move it aside as the message says, then matrix reap FILE.
    case ledgerDamaged = "matrix.ledger.damaged"
    /// SQLite refuses a request.
    /// Next: Run the integrity check of the message.
    case ledgerDatabase = "matrix.ledger.database"
    /// The disk is full or broken.
    /// Next: Make room, then run matrix reap.
    case ledgerDisk = "matrix.ledger.disk"
    /// The file system has no shared memory for SQLite.
    /// Next: Name a folder on a local disk with --state.
    case ledgerFilesystem = "matrix.ledger.filesystem"
    /// The ledger has no such lease, or it cannot become what was asked.
    /// Next: See matrix status --live.
    case ledgerLease = "matrix.ledger.lease"
    /// Another process keeps the ledger locked.
    /// Next: Find it with the command of the message.
    case ledgerLocked = "matrix.ledger.locked"
    /// The ledger cannot be written.
    /// Next: Make its folder writable, or name another with --state.
    case ledgerReadonly = "matrix.ledger.readonly"
    /// The ledger knows no such run.
    /// Next: See matrix status.
    case ledgerRun = "matrix.ledger.run"
    /// The ledger failed in an unknown way.
    /// Next: Report it with the command that you ran.
    case ledgerUnknown = "matrix.ledger.unknown"
    /// A newer version of matrix wrote the ledger.
    /// Next: Use that version, or another folder with --state.
    case ledgerVersion = "matrix.ledger.version"

    // MARK: - Reports

    /// A report could not be read back.
    /// Next: Report it as a defect of matrix, with results.json.
    case reportInvalid = "matrix.report.invalid"
    /// The page could not be opened in a browser.
    /// Next: Open it by hand.
    case reportOpen = "matrix.report.open"
    /// A part of the installation is missing.
    /// Next: Install matrix again.
    case reportResources = "matrix.report.resources"
    /// A report or artifact could not be written.
    /// Next: Make room, or choose another folder with --reports.
    case reportWrite = "matrix.report.write"
}
