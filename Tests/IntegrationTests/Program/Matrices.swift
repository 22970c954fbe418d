/// Matrix files of the integration tests: real hosts, but nothing that takes long to install.
enum Matrices {
    /// One Debian cell of one host; `deploy` and `verify` are YAML lists.
    static func small(
        deploy: String = "[{ name: touch, shell: touch /srv/deployed }]", verify: String = "[{ file: /srv/deployed }]", more: String = ""
    ) -> String {
        """
        version: 1
        name: small
        platforms: { podman: { driver: podman } }
        axes: { os: [debian12], platform: [podman] }
        provision: { user: lavender, sudo: nopasswd }
        deploy: \(deploy)
        verify: \(verify)
        \(more)
        """
    }

    /// Two cells; the check fails in the one whose `color` is red.
    static let redAndGreen = """
        version: 1
        name: colors
        platforms: { podman: { driver: podman } }
        axes: { os: [debian12], platform: [podman], color: [red, green] }
        deploy:
          - name: paint
            shell: echo ${axis.color} > /srv/color
        verify:
          - name: the color is green
            command: cat /srv/color
            stdout: green
        finally:
          - collect: [/srv/color]
        """
}
