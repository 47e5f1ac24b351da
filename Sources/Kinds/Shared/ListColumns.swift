import Model

/// Columns that several lists share.
enum ListColumns {
  /// The address.
  static let address = ListColumn("address", .address)
  /// Whether a manifest declares it.
  static let declared = ListColumn("declared", .flag, rank: 2)
  /// Google's name for it.
  static let googleName = ListColumn("name", .text, at: .member("name"), isDetail: true)
  /// Its project.
  static let project = ListColumn("project", .text, isDetail: true)
  /// The address of the repository that holds it.
  static let repository = ListColumn("repository", .address)
  /// When it was created.
  static let created = ListColumn("created", .time, at: .member("createTime"), rank: 3)
  /// When it was last changed.
  static let updated = ListColumn("updated", .time, at: .member("updateTime"), rank: 1)
  /// A member of the live value that only JSON has.
  static func detail(_ name: String) -> ListColumn {
    ListColumn(name, .text, at: .member(name), isDetail: true)
  }
}
