/// Makes container images of Debian 12 for tests.
enum Bootstrap {
    /// A shell script that makes an image where it is not there yet.
    ///
    /// - Parameter packages: beside the base, joined by commas.
    static func script(_ image: String, packages: String) -> String {
        """
        podman image exists \(image) && exit 0
        work=$(mktemp -d) || exit 1
        \(program) "$work/image.tar" \(packages) && podman import --quiet "$work/image.tar" \(image)
        status=$?; rm -rf "$work"; exit $status
        """
    }

    private static let program = #filePath.replacing("Tests/MatrixChecksTests/Support/Bootstrap.swift", with: "fixtures/images/bootstrap.sh")
}
