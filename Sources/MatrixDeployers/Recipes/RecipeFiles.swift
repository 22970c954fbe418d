/// Where recipes are.
public enum RecipeFiles {
    /// The recipes that come with `matrix`, in the order of the reference.
    ///
    /// - Throws: `InfrastructureError` where the program's own files are missing.
    public static func own() throws -> [String] {
        try ["ispconfig", "wazuh"].map { try ResourceFile.path("recipes/\($0).yml") }
    }

    /// The user's recipes: the YAML files of `recipes/` beside a matrix file, sorted, named from the working folder where the file is.
    public static func beside(_ file: String) -> [String] {
        let folder = file.lastIndex(of: "/").map { "\(file[...$0])recipes" } ?? "recipes"
        return FileSystem.names(in: folder).filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.map { "\(folder)/\($0)" }
    }
}
