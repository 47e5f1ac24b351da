import Diagnostics

extension String {
  /// The text with every control, bidirectional and zero-width character spelt out: none reaches a terminal.
  package var escapedForTerminal: String { Diagnostics.escapedForTerminal(self) }
}
