// The shells: the script that each of them reads, and the answer to it.
//
// A script is short, since it asks the program: `randmap ---complete SHELL WORD ...`, the last word being typed; bash
// gives its whole line, because it takes words apart at colons and equals signs. The answer is a word a line, with a tab
// and its description after it, or `:files` or `:directories`; bash gets what is missing of each word.

import System

enum CompletionShell: String, CaseIterable {
  case bash, zsh, fish

  /// The shell of a call that asks for a script; nil of any other call.
  init?(scriptFor arguments: [String]) {
    let option = "--generate-completion-script"
    guard let place = arguments.firstIndex(where: { $0 == option || $0.hasPrefix(option + "=") }) else {
      return nil
    }
    let word = arguments[place]
    let login = environmentVariable("SHELL")?.split(separator: "/").last.map(String.init)
    let name =
      word == option
      ? arguments.dropFirst(place + 1).first ?? login : String(word.dropFirst(option.count + 1))
    self.init(rawValue: name ?? "")
  }

  /// Answers a call of a script; false where it is another call.
  static func answers(_ arguments: [String]) -> Bool {
    guard arguments.first == "---complete" else { return false }
    guard let shell = arguments.dropFirst().first.flatMap(CompletionShell.init) else { return true }
    for line in shell.lines(Array(arguments.dropFirst(2))) { Output.standard.line(line) }
    return true
  }

  func lines(_ given: [String]) -> [String] {
    let typed = ShellLine(given.last ?? "")
    // The first word of bash's line is the program.
    let words = self == .bash ? Array(typed.words.dropFirst()) : given.dropLast() + [typed.words.last ?? ""]
    let current = words.last ?? ""
    switch Completion(before: Array(words.dropLast()), current: current).answer {
    case .files: return [":files"]
    case .directories: return [":directories"]
    case .words(let words):
      guard self == .bash else { return words.map { $0.help.isEmpty ? $0.word : "\($0.word)\t\($0.help)" } }
      return words.compactMap { typed.typed($0.word.dropFirst(current.count)) }
    }
  }

  var script: String {
    switch self {
    case .bash:
      """
      #!/bin/bash
      # Completions of randmap for bash: the program says what can come next.
      _randmap() {
          local line
          local -a lines=()
          COMPREPLY=()
          while IFS= read -r line; do
              lines+=("$line")
          done < <(randmap ---complete bash "${COMP_LINE:0:COMP_POINT}" 2> /dev/null)
          case "${lines[0]-}" in
          :files | :directories)
              compopt -o filenames 2> /dev/null
              local kind=-f
              [[ "${lines[0]}" = :files ]] || kind=-d
              while IFS= read -r line; do
                  COMPREPLY+=("$line")
              done < <(compgen "$kind" -- "${2-}")
              ;;
          *)
              for line in ${lines[@]+"${lines[@]}"}; do
                  COMPREPLY+=("${2-}$line")
              done
              ;;
          esac
      }
      complete -F _randmap randmap
      """
    case .zsh:
      """
      #compdef randmap
      # Completions of randmap for zsh: the program says what can come next.
      _randmap() {
          local line
          local -a lines found shown
          lines=("${(@f)$(randmap ---complete zsh "${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2> /dev/null)}")
          case "${lines[1]}" in
          :files) _files ;;
          :directories) _files -/ ;;
          *)
              for line in "${lines[@]}"; do
                  [[ -n "$line" ]] || continue
                  found+=("${line%%$'\\t'*}")
                  shown+=("${line/$'\\t'/  -- }")
              done
              (( ${#found} )) && compadd -l -d shown -a found
              ;;
          esac
      }
      if [[ "${funcstack[1]}" = _randmap ]]; then
          _randmap "$@"
      else
          compdef _randmap randmap
      fi
      """
    case .fish:
      """
      # Completions of randmap for fish: the program says what can come next.
      function __randmap_complete
          set -l words (commandline -opc)
          set -l current (commandline -ct)
          set -l lines (randmap ---complete fish $words[2..] "$current" 2> /dev/null)
          switch "$lines[1]"
              case :files
                  __fish_complete_path (commandline -ct)
              case :directories
                  __fish_complete_directories (commandline -ct)
              case '*'
                  string join -- \\n $lines
          end
      end
      complete -c randmap -f -a '(__randmap_complete)'
      """
    }
  }
}
