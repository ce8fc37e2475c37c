// The text exposition format of Prometheus, version 0.0.4: the one place that writes it.

/// One metric with its samples, each made when its line is written: there may be hundreds of thousands.
package struct MetricFamily: Sendable {
  package enum Kind: String, Sendable {
    case gauge, counter, histogram
  }

  package struct Sample: Sendable {
    /// What is written after the name of the metric: `_bucket`, `_sum` and `_count` of a histogram.
    package var suffix = ""
    package var labels: [(name: String, value: String)]
    package var value: String

    package init(_ labels: [(name: String, value: String)], _ value: String, suffix: String = "") {
      self.labels = labels
      self.value = value
      self.suffix = suffix
    }
  }

  package let name: String
  package let help: String
  package let kind: Kind
  package let count: Int
  private let sample: @Sendable (Int) -> Sample

  package init(
    _ name: String, _ kind: Kind, _ help: String, count: Int, sample: @escaping @Sendable (Int) -> Sample
  ) {
    (self.name, self.kind, self.help, self.count, self.sample) = (name, kind, help, count, sample)
  }

  /// The line of a sample, with a newline; before the first one what the metric is.
  package func line(_ index: Int) -> String {
    let sample = sample(index)
    let head = index == 0 ? "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" : ""
    let labels = sample.labels.map { "\($0.name)=\"\(OutputForm.prometheusLabel.spell($0.value))\"" }
      .joined(separator: ",")
    return "\(head)\(name)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.value)\n"
  }
}

/// One metric whose samples are added one after the other.
package struct Metric {
  package let name: String
  package let help: String
  private let kind: MetricFamily.Kind
  private var samples: [MetricFamily.Sample] = []

  package init(name: String, kind: MetricFamily.Kind = .gauge, help: String) {
    (self.name, self.kind, self.help) = (name, kind, help)
  }

  /// - Parameter suffix: `_bucket`, `_sum` or `_count` of a histogram.
  package mutating func add(_ labels: [(String, String)], _ value: String, suffix: String = "") {
    samples.append(MetricFamily.Sample(labels.map { (name: $0.0, value: $0.1) }, value, suffix: suffix))
  }

  package mutating func add(_ labels: [(String, String)], _ value: Double) { add(labels, "\(value)") }

  /// Nothing where there is no sample.
  package var lines: [String] {
    let samples = samples
    let family = MetricFamily(name, kind, help, count: samples.count) { samples[$0] }
    return samples.indices.flatMap { index in
      family.line(index).split(separator: "\n").map(String.init)
    }
  }
}
