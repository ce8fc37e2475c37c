// The command `randmap`: arguments in, words and an exit status out.
import ArgumentParser

@main
struct Randmap: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "randmap")
}
