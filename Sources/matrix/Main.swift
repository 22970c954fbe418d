import MatrixCLI

@main
enum Main {
    static func main() async {
        await MatrixCommand.launch()
    }
}
