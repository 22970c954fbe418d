/// A workflow of GitHub Actions, also for Gitea Actions: a job for each shard, and one that merges their reports.
struct GitHubWorkflow {
    let fan: ShardPlan
    let runner: String

    var text: String {
        """
        # Written by: matrix export github. Each job runs a part of the cells; the last one merges their reports.
        # It does not start on pull requests: a matrix file is a program. For one from a fork run only what runs nothing of it:
        # \(fan.harmless.joined(separator: "; "))
        name: \(ShardPlan.quoted(fan.name))
        on:
          push:
          workflow_dispatch:
        permissions:
          contents: read
        jobs:
          cells:
            name: shard ${{ matrix.shard }} of \(fan.count)
            runs-on: \(ShardPlan.quoted(runner))
            strategy:
              fail-fast: false
              matrix:
                shard: [\((1...fan.count).map(String.init).joined(separator: ", "))]
            steps:
              - uses: actions/checkout@v4
        \(install)      - name: Run
                run: \(ShardPlan.quoted(fan.run("${{ matrix.shard }}", reports: "shard", more: ["--format", "github"])))
        \(environment)      - name: Keep the report
                if: ${{ always() }}
                uses: actions/upload-artifact@v4
                with:
                  name: \(fan.label)-shard-${{ matrix.shard }}
                  path: |
                    shard/*
                    !shard/latest
                  if-no-files-found: error
          report:
            name: report
            needs: cells
            # Runs also if a shard failed or left no report: then its cells are missing, and the report is not green.
            if: ${{ !cancelled() }}
            runs-on: \(ShardPlan.quoted(runner))
            steps:
              - uses: actions/checkout@v4
        \(install)      - uses: actions/download-artifact@v4
                with:
                  pattern: \(fan.label)-shard-*
                  path: shards
              - name: Merge
                run: matrix report merge shards
        \(fan.hasAfter ? environment : "")      - name: Summary
                if: ${{ always() }}
                run: cat reports/latest/summary.md >> "$GITHUB_STEP_SUMMARY"
              - name: Keep the report
                if: ${{ always() }}
                uses: actions/upload-artifact@v4
                with:
                  name: \(fan.label)-report
                  path: |
                    reports/*
                    !reports/latest

        """
    }

    private var install: String {
        guard !fan.install.isEmpty else { return "" }
        return "      - name: Install matrix\n        run: \(ShardPlan.block(fan.install, indent: 10))\n"
    }

    private var environment: String {
        guard !fan.variables.isEmpty else { return "" }
        return "        env:\n" + fan.variables.map { "          \($0): ${{ \(value($0)) }}\n" }.joined()
    }

    /// What is no secret is a variable of the repository, or a secret if somebody made it one.
    private func value(_ name: String) -> String {
        fan.plain.contains(name) ? "vars.\(name) || secrets.\(name)" : "secrets.\(name)"
    }
}
