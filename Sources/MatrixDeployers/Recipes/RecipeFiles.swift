/// The files of recipes.
public enum RecipeFiles {
    /// The recipes that come with `matrix`, in the order of the reference.
    ///
    /// - Throws: `InfrastructureError` if the program's files are missing.
    public static func own() throws -> [String] {
        try ["ispconfig", "wazuh"].map { try ResourceFile.path("recipes/\($0).yml") }
    }

    /// The user's recipes: the YAML files of `recipes/` beside a matrix file, sorted, with paths like the file's.
    public static func beside(_ file: String) -> [String] {
        let folder = file.lastIndex(of: "/").map { "\(file[...$0])recipes" } ?? "recipes"
        return FileSystem.names(in: folder).filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.map { "\(folder)/\($0)" }
    }
}
