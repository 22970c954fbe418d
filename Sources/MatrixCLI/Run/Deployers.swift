import MatrixChecks
import MatrixCore
import MatrixDeployers
import MatrixFile

/// The kinds of deploy steps for a matrix file: the built-in ones, the built-in recipes, and the recipes next to the file.
enum Deployers {
    /// - Parameters:
    ///   - file: the matrix file; nil for the built-in kinds only.
    ///   - runner: runs programs on this machine.
    /// - Throws: `UsageError` with all problems of the user's recipes.
    static func all(beside file: String?, runner: any Transport) throws -> [any Deployer] {
        let builtIn = DeployerCatalogue.all(runner: runner)
        let checker = CheckRunner()
        let reader = MatrixLoader(deployers: builtIn.map(\.declaration), checks: checker.declarations, drivers: [], environment: [:])
        var kinds = Set(builtIn.map(\.declaration.kind) + checker.declarations.map(\.kind))
        var recipes: [Recipe] = []
        var problems: [Diagnostic] = []
        for path in try RecipeFiles.own() + (file.map(RecipeFiles.beside) ?? []) {
            do {
                let recipe = try Recipe(DocumentLoader().load(path, as: Recipe.shape), readChecks: reader.checks)
                if kinds.insert(recipe.kind).inserted {
                    recipes.append(recipe)
                } else {
                    problems.append(
                        Diagnostic(
                            at: recipe.location, "there is already a step or check `\(recipe.kind)`", hint: "give the recipe another name"))
                }
            } catch let error as UsageError {
                problems += error.diagnostics
            }
        }
        guard problems.isEmpty else { throw UsageError(problems) }
        return builtIn + recipes.map { RecipeDeployer($0, checker: checker) }
    }
}
