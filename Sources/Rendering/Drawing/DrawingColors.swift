/// Colours with enough contrast to the black text in them, and, for edges, to a white page.
extension Drawing.Look {
  /// The colour within, and that of the line around.
  var colors: (fill: String, stroke: String) {
    switch self {
    case .resource: ("#eef2f7", "#5b7083")
    case .object: ("#dcebfb", "#2b6cb0")
    case .policy: ("#fdf3d8", "#a8790b")
    case .key: ("#f4e3f7", "#8a3b99")
    case .external: ("#f7f7f7", "#888888")
    case .deleted: ("#fbe3e3", "#b02a2a")
    case .person: ("#e4f5e6", "#2f7d3b")
    case .account: ("#e6e9fa", "#4453a8")
    case .federated: ("#def3f2", "#1d7874")
    case .everyone: ("#ffd0d0", "#c00000")
    case .unknown: ("#ffe8cc", "#b35900")
    }
  }
}

extension Drawing.EdgeLook {
  /// The colour of the line and of its text.
  var color: String {
    switch self {
    case .plain: "#777777"
    case .read: "#2f7d3b"
    case .write: "#2b6cb0"
    case .administer: "#8a3b99"
    case .everyone: "#c00000"
    case .unknown: "#b35900"
    }
  }
}
