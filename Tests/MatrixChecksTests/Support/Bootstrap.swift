/// Makes container images of Debian 12 for tests, as this machine's apt is set up.
enum Bootstrap {
    /// A shell script that makes an image where it is not there yet.
    ///
    /// - Parameter packages: beside the base, joined by commas.
    static func script(_ image: String, packages: String) -> String {
        """
        podman image exists \(image) && exit 0
        work=$(mktemp -d) || exit 1
        chmod 755 "$work"
        # What the machine's apt is told about dates and proxies holds for the bootstrap as well.
        apt-config dump --format '%f "%v";%n' Acquire >"$work/apt.conf"
        echo 'Acquire::Retries "5";' >>"$work/apt.conf"
        # A mirror may refuse for a moment.
        for pause in 2 10 30 0; do
          mmdebstrap --quiet --variant=minbase --include=\(packages) --aptopt="$work/apt.conf" --format=tar bookworm "$work/image.tar" &&
            podman import --quiet "$work/image.tar" \(image)
          status=$?
          test $status = 0 && break
          sleep $pause
        done
        rm -rf "$work"; exit $status
        """
    }
}
