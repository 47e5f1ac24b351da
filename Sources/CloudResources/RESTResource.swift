package import GoogleCloud

/// How one kind is served by a REST API of Google: all that the generic reads, writes, names and messages have to know.
///
/// Pure data. A form enters it when two kinds use it; what a single kind does differently is a writer of its own.
package struct RESTResource: Sendable {
  /// The API. Its service has to be enabled before anything of the kind can be read or written.
  package var host: APIHost
  /// The version that paths begin with: `v1`.
  package var version: String
  /// Google's names; nil where the addresses of a kind do not hold Google's ids.
  package var name: PathTemplate?
  /// How an answer proves that it is about an address.
  package var proof: Proof
  /// What messages call one of them: `role`.
  package var noun: String
  /// What messages call all of them: `custom roles`.
  package var plural: String
  /// The first two parts of its IAM permissions: `artifactregistry.repositories`.
  package var permission: String
  /// Methods whose permission has another last part: `batchGet` needs `get`.
  package var permissionVerbs: [String: String]
  /// Which predefined roles hold its permissions.
  package var roles: RoleAdvice
  /// How several are read by one call.
  package var grouping: Grouping
  /// How one is created; nil where that is not a call about one of them.
  package var create: CreateCall?
  /// How fields of one are changed; nil where none can be.
  package var update: UpdateCall?
  /// How one is deleted; nil where that is not possible, or not by a DELETE of its name.
  package var delete: PlainCall?
  /// How a soft-deleted one is restored by its name.
  package var undelete: PlainCall?
  /// Where its IAM policy is; nil for a kind without policies.
  package var policy: PolicyCall?
  /// Fields that create and update do not take, as they have calls of their own (`disabled`).
  package var switchedFields: Set<String>
  /// Fields that another API holds: no answer of this one has them (`billingAccount`).
  package var foreignFields: Set<String>
  /// Whether answers name the project by its number: `projects/123/services/iam.googleapis.com`.
  package var namesProjectNumber: Bool

  /// A description of one kind.
  package init(
    host: APIHost, version: String, name: PathTemplate?, proof: Proof, noun: String,
    plural: String, permission: String, permissionVerbs: [String: String] = [:],
    roles: RoleAdvice, grouping: Grouping, create: CreateCall?, update: UpdateCall?,
    delete: PlainCall?, undelete: PlainCall?, policy: PolicyCall?,
    switchedFields: Set<String> = [], foreignFields: Set<String> = [],
    namesProjectNumber: Bool = false
  ) {
    self.host = host
    self.version = version
    self.name = name
    self.proof = proof
    self.noun = noun
    self.plural = plural
    self.permission = permission
    self.permissionVerbs = permissionVerbs
    self.roles = roles
    self.grouping = grouping
    self.create = create
    self.update = update
    self.delete = delete
    self.undelete = undelete
    self.policy = policy
    self.switchedFields = switchedFields
    self.foreignFields = foreignFields
    self.namesProjectNumber = namesProjectNumber
  }
}

extension RESTResource {
  /// How an answer proves that it is about an address.
  package enum Proof: Sendable {
    /// By its `name`.
    case name
    /// By its `name`, whose last part stands in another member too.
    case nameAndMember(String)
    /// By a member that holds the id. Its `name` ends in a number.
    case memberAndNumber(String)
    /// No answer can.
    case impossible
  }

  /// The narrowest of the usual roles that hold a kind's permissions.
  ///
  /// Source: docs/google-apis.md#which-role-holds-a-permission.
  package struct RoleAdvice: Sendable {
    /// For `get` and `list`; nil where no role is usual.
    package var reads: String?
    /// For everything else; nil where no role is usual.
    package var writes: String?
    /// For single verbs, before both.
    package var verbs: [String: String]
    /// Roles by what they are needed for.
    package init(reads: String?, writes: String?, verbs: [String: String] = [:]) {
      self.reads = reads
      self.writes = writes
      self.verbs = verbs
    }

    /// The role for the last part of a permission.
    func role(for verb: String) -> String? {
      verbs[verb] ?? (["get", "list"].contains(verb) ? reads : writes)
    }
  }

  /// How several resources are read by one call.
  package enum Grouping: Sendable {
    /// By the list of what is below one parent: the member of the answer that holds them, and the largest page that the
    /// API gives.
    case list(items: String, pageSize: Int, query: [(String, String)] = [])
    /// By a custom method on the collection that names at most `size` of them, each by a query parameter.
    case batch(verb: String, parameter: String, items: String, size: Int)
    /// Not at all: each is read by itself.
    case alone
  }

  /// What a write answers.
  package enum Answer: Sendable {
    /// The resource as it is now.
    case resource
    /// A long-running operation, to be asked for in this version of the API.
    case operation(version: String)
    /// An empty object.
    case empty
  }

  /// The call that creates one.
  package struct CreateCall: Sendable {
    /// Where the new id goes.
    package enum IDPlace: Sendable {
      /// A query parameter; the body is the resource.
      case query(String)
      /// A member of the resource, which is the body.
      case member(String)
      /// A member of the body, beside the one that holds the resource.
      case beside(id: String, resource: String)
    }
    /// Where the new id goes.
    package var id: IDPlace
    /// What it answers.
    package var answer: Answer
    /// A refusal that takes another id, by words of Google's message, and what to do about it.
    package var blockedID: (words: String, help: String)?
    /// A POST to the collection.
    package init(
      id: IDPlace, answer: Answer, blockedID: (words: String, help: String)? = nil
    ) {
      self.id = id
      self.answer = answer
      self.blockedID = blockedID
    }
  }

  /// The PATCH that changes fields.
  package struct UpdateCall: Sendable {
    /// Where the update mask goes.
    package enum MaskPlace: Sendable {
      /// Into the query; a field that the body leaves out is reset.
      case query
      /// Into the body, beside the member that holds the resource; an empty text resets a field.
      case body(resource: String)
    }
    /// Google's name of the method, as labels and permissions have it.
    package var method: String
    /// Where the update mask goes.
    package var mask: MaskPlace
    /// Whether the etag that was read goes with it.
    package var sendsETag: Bool
    /// What it answers.
    package var answer: Answer
    /// A PATCH of the resource's name.
    package init(method: String = "update", mask: MaskPlace, sendsETag: Bool, answer: Answer) {
      self.method = method
      self.mask = mask
      self.sendsETag = sendsETag
      self.answer = answer
    }
  }

  /// A call that takes no fields: the DELETE of one, or the custom method `undelete` on its name.
  package struct PlainCall: Sendable {
    /// Whether the etag that was read goes with it: in the query of a DELETE, in the body of a POST.
    package var sendsETag: Bool
    /// What it answers.
    package var answer: Answer
    /// A call on the resource's name.
    package init(sendsETag: Bool, answer: Answer) {
      self.sendsETag = sendsETag
      self.answer = answer
    }
  }

  /// How a kind's policies are read, always in version 3 of the policy format. Three APIs, three forms.
  package enum PolicyCall: Sendable {
    /// A GET, with the format in the query.
    case get
    /// A POST with an empty body, with the format in the query.
    case post
    /// A POST with the format in the body, to another version of the API than the resource has.
    case postWithOptions(version: String)
  }
}
