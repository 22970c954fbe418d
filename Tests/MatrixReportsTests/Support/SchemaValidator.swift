import CLibXML2
import MatrixTesting
import Testing

/// Validates XML files against one of the project's schemas with libxml2.
final class SchemaValidator {
    private let parser: xmlSchemaParserCtxtPtr
    private let schema: xmlSchemaPtr

    init(_ name: String) throws {
        parser = try #require(xmlSchemaNewParserCtxt(Repository.schema(name)))
        schema = try #require(xmlSchemaParse(parser), "\(name).xsd is no schema")
    }

    deinit {
        xmlSchemaFree(schema)
        xmlSchemaFreeParserCtxt(parser)
    }

    /// Whether the file is valid; libxml2 prints what is not.
    func accepts(_ path: String) throws -> Bool {
        let context = try #require(xmlSchemaNewValidCtxt(schema))
        defer { xmlSchemaFreeValidCtxt(context) }
        return xmlSchemaValidateFile(context, path, 0) == 0
    }
}
