internal import MatrixCore

/// What a recipe's file looks like.
enum RecipeShape {
    static let recipe = ObjectShape(
        "a recipe",
        [
            KeyShape(
                "recipe", .pattern("[a-z][a-z0-9_-]*", meaning: "a name of lower-case letters, digits, - and _"),
                "The key that names it in a step",
                required: true),
            KeyShape("summary", .text, "What it installs, one sentence without a full stop", required: true),
            KeyShape("systems", .oneOrMore(.text), "The systems that it supports, with globs; default: all"),
            KeyShape("options", .map(.object(option)), "The options of a step, by name"),
            KeyShape("exclusive", .list(.list(.text)), "Options of which a step may give only one"),
            KeyShape("together", .list(.list(.text)), "Options of which a step must give all or none"),
            KeyShape("stages", .list(.object(stage)), "What is done, in order", required: true),
            KeyShape("example", .text, "A step for the reference, as YAML of one list item"),
        ])

    static let option = ObjectShape(
        "an option of a recipe",
        [
            KeyShape("about", .text, "What it is for, one sentence without a full stop", required: true),
            KeyShape("type", .choice(RecipeOption.Kind.allCases.map(\.rawValue)), "The type of its value; default: text"),
            KeyShape("default", .oneOrMore(.text), "Its value if a step does not set it"),
            KeyShape("required", .boolean, "Whether every step must set it"),
            KeyShape("matches", .text, "A regular expression that must match each of its texts as a whole"),
            KeyShape("such_as", .text, "An example of a valid value, for messages about matches"),
        ])

    static let stage = ObjectShape(
        "a stage of a recipe",
        [
            KeyShape("name", .text, "Its name in reports", required: true),
            KeyShape("hosts", .text, "The option that names its hosts; default: the step's hosts"),
            KeyShape("on", .oneOrMore(.text), "The stages whose hosts it uses"),
            KeyShape("first", .boolean, "Whether it is only for the first of its hosts, such as the master of a cluster"),
            KeyShape("when", .oneOrMore(.text), "Runs only if a step gives one of these options"),
            KeyShape("unless", .oneOrMore(.text), "Does not run if a step gives one of these options"),
            KeyShape("needs", .object(needs), "What a host must have before anything is done"),
            KeyShape("script", .text, "A script for sh, run as root in a folder for the step"),
            KeyShape("succeeds_on", .oneOrMore(.text), "Regular expressions; each must match a line that the script prints"),
            KeyShape(
                "fails_on", .oneOrMore(.text),
                "Regular expressions; a line that matches one of them is a failure, even with exit status 0"),
            KeyShape("secrets", .map(.text), "Regular expressions by the secret's name; the only group of each matches the secret"),
            KeyShape("files", .oneOrMore(.text), "Files of the step's folder that the hosts of later stages get"),
            KeyShape("checks", .list(.map(.any)), "What must hold afterwards, as under verify:"),
        ])

    private static let needs = ObjectShape(
        "the needs of a stage",
        [
            KeyShape("memory", .size, "The least memory of a host"),
            KeyShape("fqdn", .boolean, "Whether the host must have a full name"),
        ])
}
