internal import Foundation
import MatrixCore

/// `provision:`: how the PROVISION phase prepares a bare host.
enum ProvisionSection {
    static let key = KeyShape(
        "provision",
        .object(
            ObjectShape(
                "provision",
                keys + [
                    KeyShape(
                        "by_os", .map(.object(ObjectShape("provision of some systems", keys))),
                        "More settings by system (globs); lists are added", nullable: true)
                ])),
        "The settings of the PROVISION phase, on every platform", nullable: true)

    private static let keys = [
        KeyShape(
            "user", .pattern("[a-z_][a-z0-9_-]{0,31}", meaning: "the name of an account"),
            "An account to create, in the group sudo or wheel", nullable: true),
        KeyShape("sudo", .choice(["nopasswd", "password"]), "Whether that account needs a password for sudo. Default: `nopasswd`"),
        KeyShape("ssh_keys", .oneOrMore(.text), "Files with public keys for that account", nullable: true),
        KeyShape("domain", .text, "The DNS domain of the hosts' full names", nullable: true),
        KeyShape(
            "hostname", .boolean, "Whether the host name and /etc/hosts are set. Default: `true`; `false` on the hosts of a static pool"),
        KeyShape("packages", .oneOrMore(.text), "Packages to install", nullable: true),
        KeyShape("update_cache", .boolean, "Whether the package lists are fetched first"),
        KeyShape("run", .oneOrMore(.text), "Shell scripts, as root, on every host", nullable: true),
    ]

    /// Reads a merged and rendered section for one system.
    static func plan(of document: Document?, os: String, context: LoadContext) -> ProvisionPlan {
        guard let document else { return ProvisionPlan() }
        var plan = ProvisionPlan(location: document.location)
        let matching = (document["by_os"]?.members ?? []).filter { Glob.matches($0.key, os) }
        for part in [document] + matching.map(\.value) { apply(part, to: &plan, context) }
        return plan
    }

    private static func apply(_ part: Document, to plan: inout ProvisionPlan, _ context: LoadContext) {
        plan.user = part["user"]?.text ?? plan.user
        plan.passwordlessSudo = part["sudo"]?.text.map { $0 == "nopasswd" } ?? plan.passwordlessSudo
        plan.domain = part["domain"]?.text ?? plan.domain
        plan.setsHostname = part["hostname"]?.bool ?? plan.setsHostname
        plan.updateCache = part["update_cache"]?.bool ?? plan.updateCache
        plan.keyFiles += (part["ssh_keys"]?.oneOrMore ?? []).compactMap { keyFile($0, context) }.filter { !plan.keyFiles.contains($0) }
        plan.packages += (part["packages"]?.texts ?? []).filter { !plan.packages.contains($0) }
        plan.scripts += part["run"]?.texts ?? []
    }

    private static func keyFile(_ document: Document, _ context: LoadContext) -> String? {
        guard let path = context.path(document) else { return nil }
        if FileManager.default.isReadableFile(atPath: path) { return path }
        context.problems.warning(
            at: document.location, "the key file `\(document.text ?? "")` cannot be read; the account is created without it",
            hint: "create it with ssh-keygen, or remove it here")
        return nil
    }
}
