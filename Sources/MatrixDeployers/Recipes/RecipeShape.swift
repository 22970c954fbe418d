internal import MatrixCore

/// What a recipe's file looks like.
enum RecipeShape {
    static let recipe = ObjectShape(
        "a recipe",
        [
            KeyShape("recipe", .pattern("[a-z][a-z0-9_-]*", meaning: "a word of small letters"), "The key that names it in a step", required: true),
            KeyShape("summary", .text, "What it installs, one sentence without a full stop", required: true),
            KeyShape("systems", .oneOrMore(.text), "The systems that it knows, with globs; all where it is left out"),
            KeyShape("options", .map(.object(option)), "What a step may say, by name"),
            KeyShape("exclusive", .list(.list(.text)), "Options of which a step may give one only"),
            KeyShape("together", .list(.list(.text)), "Options of which a step gives all or none"),
            KeyShape("stages", .list(.object(stage)), "What is done, in order", required: true),
            KeyShape("example", .text, "A step for the reference, as YAML of one list item"),
        ])

    static let option = ObjectShape(
        "an option of a recipe",
        [
            KeyShape("about", .text, "What it is for, one sentence without a full stop", required: true),
            KeyShape("type", .choice(RecipeOption.Kind.allCases.map(\.rawValue)), "What it holds; text where it is left out"),
            KeyShape("default", .oneOrMore(.text), "What it is where a step does not say"),
            KeyShape("required", .boolean, "Whether every step must say it"),
            KeyShape("matches", .text, "A regular expression that fits each of its texts as a whole"),
            KeyShape("such_as", .text, "What would be right, for messages about matches"),
        ])

    static let stage = ObjectShape(
        "a stage of a recipe",
        [
            KeyShape("name", .text, "Its name in reports", required: true),
            KeyShape("hosts", .text, "The option that names its hosts; the step's where it is left out"),
            KeyShape("on", .oneOrMore(.text), "The stages whose hosts are its hosts"),
            KeyShape("first", .boolean, "Whether it is for the first of its hosts alone, such as the master of a cluster"),
            KeyShape("when", .oneOrMore(.text), "Only where a step gives one of these options"),
            KeyShape("unless", .oneOrMore(.text), "Not where a step gives one of these options"),
            KeyShape("needs", .object(needs), "What a host must have before anything is done"),
            KeyShape("script", .text, "A script for sh, run as root in a folder of the step's own"),
            KeyShape("succeeds_on", .oneOrMore(.text), "Regular expressions; each must fit a line that the script prints"),
            KeyShape("fails_on", .oneOrMore(.text), "Regular expressions; a line that one of them fits is a failure, whatever the exit status"),
            KeyShape("secrets", .map(.text), "Regular expressions with one group, by the name of the secret that it holds"),
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
