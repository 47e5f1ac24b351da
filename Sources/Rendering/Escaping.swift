import Diagnostics

extension String {
  /// The text with every control, bidi and zero-width character spelt out, so that none reaches a terminal.
  package var escapedForTerminal: String { Diagnostics.escapedForTerminal(self) }
}
