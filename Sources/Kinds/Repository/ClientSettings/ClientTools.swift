/// All tools for which arctl knows settings.
public enum ClientTools {
  /// In the order of the list.
  public static let all =
    PythonTools.all + PythonProjectTools.all + OtherPackageTools.all + ContainerTools.all
    + AutomationTools.all

  /// Their names, each once: a name can stand for a tool of each format.
  public static let names = all.map(\.name).reduce(into: [String]()) { names, name in
    if !names.contains(name) { names.append(name) }
  }

  /// The tools that use repositories of a format, as the API writes it.
  public static func tools(for format: String) -> [ClientTool] {
    all.filter { $0.formats.contains(format) }
  }
}
