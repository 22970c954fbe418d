/// A child pipeline of GitLab: a parallel job with a part of the cells in each, and one that merges their reports.
///
/// GitLab gives masked and protected CI/CD variables to its jobs.
struct GitLabPipeline {
    let fan: ShardPlan
    let image: String?

    var text: String {
        """
        # Written by: matrix export gitlab. Start it from .gitlab-ci.yml:
        #   matrix: { trigger: { include: THIS-FILE, strategy: depend } }
        # but not for merge requests from forks: a matrix file is a program. For those run only what runs nothing of it:
        # \(fan.harmless.joined(separator: "; "))
        \(image.map { "default:\n  image: \(ShardPlan.quoted($0))\n" } ?? "")stages: [cells, report]
        cells:
          stage: cells
        \(fan.count > 1 ? "  parallel: \(fan.count)\n" : "")  script:
        \(install)    - \(ShardPlan.quoted(fan.run(fan.count > 1 ? "$CI_NODE_INDEX" : "1", reports: "shard", more: ["--format", "plain"])))
          artifacts:
            when: always
            expire_in: 1 week
            paths: [shard/]
            exclude: [shard/latest, shard/latest/**/*]
            reports:
              junit: shard/[0-9]*/junit.xml
        report:
          stage: report
          # Runs also if a shard failed or left no report: then its cells are missing, and the report is not green.
          when: always
          needs:
            - job: cells
              artifacts: true
          script:
        \(install)    - matrix report merge shard
          artifacts:
            when: always
            expire_in: 1 month
            paths: [reports/]
            exclude: [reports/latest, reports/latest/**/*]

        """
    }

    private var install: String { fan.install.map { "    - \(ShardPlan.quoted($0))\n" }.joined() }
}
