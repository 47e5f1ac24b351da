package import GoogleCloud

/// Describes how a REST API of Google serves one kind: all that the generic reads, writes, names and messages need.
///
/// Pure data. It covers a form as soon as two kinds use it; what only one kind does is in a writer of that kind.
package struct RESTResource: Sendable {
  /// The API. Its service must be enabled before any resource of the kind can be read or written.
  package var host: APIHost
  /// The version that paths begin with: `v1`.
  package var version: String
  /// Google's names; nil if addresses of the kind do not contain Google's ids.
  package var name: PathTemplate?
  /// How an answer proves that it is about an address.
  package var proof: Proof
  /// The singular in messages: `role`.
  package var noun: String
  /// The plural in messages: `custom roles`.
  package var plural: String
  /// The first two parts of its IAM permissions: `artifactregistry.repositories`.
  package var permission: String
  /// Methods whose permission has another last part: `batchGet` needs `get`.
  package var permissionVerbs: [String: String]
  /// The predefined roles with its permissions.
  package var roles: RoleAdvice
  /// The permissions of the calls about its resources.
  package var rights: Rights
  /// How one call reads several resources.
  package var grouping: Grouping
  /// How a resource is created; nil if no call about a single one does that.
  package var create: CreateCall?
  /// How fields are changed; nil if none can be.
  package var update: UpdateCall?
  /// How a resource is deleted; nil if that is not possible, or not by a DELETE of its name.
  package var delete: PlainCall?
  /// How a soft-deleted resource is undeleted by its name.
  package var undelete: PlainCall?
  /// How its IAM policy is read and written; nil for a kind without policies.
  package var policy: PolicyCall?
  /// Fields that create and update do not accept, because separate calls set them (`disabled`).
  package var switchedFields: Set<String>
  /// Fields that another API holds: no answer of this one contains them (`billingAccount`).
  package var foreignFields: Set<String>
  /// Whether answers name the project by its number: `projects/123/services/iam.googleapis.com`.
  package var namesProjectNumber: Bool
  /// Whether a plan looks for undeclared ones only in projects where the manifests name one. A drift check looks in every
  /// project. For kinds that few projects have: other plans need neither the request nor its permission.
  package var isSoughtOnlyWhereNamed: Bool
  /// For a kind that is read in batches: the list that shows which of its resources exist. Nil if there is none.
  package var inventory: Inventory?
  /// Whether a write with a stale etag may be refused with 400 `FAILED_PRECONDITION` in place of 409 `ABORTED`.
  package var refusesStaleETagsAs400: Bool

  /// A description of one kind.
  package init(
    host: APIHost, version: String, name: PathTemplate?, proof: Proof, noun: String,
    plural: String, permission: String, permissionVerbs: [String: String] = [:],
    roles: RoleAdvice, rights: Rights, grouping: Grouping, create: CreateCall?, update: UpdateCall?,
    delete: PlainCall?, undelete: PlainCall?, policy: PolicyCall?,
    switchedFields: Set<String> = [], foreignFields: Set<String> = [],
    namesProjectNumber: Bool = false, isSoughtOnlyWhereNamed: Bool = false,
    inventory: Inventory? = nil, refusesStaleETagsAs400: Bool = false
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
    self.rights = rights
    self.grouping = grouping
    self.create = create
    self.update = update
    self.delete = delete
    self.undelete = undelete
    self.policy = policy
    self.switchedFields = switchedFields
    self.foreignFields = foreignFields
    self.namesProjectNumber = namesProjectNumber
    self.isSoughtOnlyWhereNamed = isSoughtOnlyWhereNamed
    self.inventory = inventory
    self.refusesStaleETagsAs400 = refusesStaleETagsAs400
  }
}

extension RESTResource {
  /// How an answer proves that it is about an address.
  package enum Proof: Sendable {
    /// By its `name`.
    case name
    /// By its `name`, whose last part another member repeats.
    case nameAndMember(String)
    /// By a member with the id, because its `name` ends in a number.
    case memberAndNumber(String)
    /// No answer can.
    case impossible
  }

  /// The narrowest of the usual roles that hold a kind's permissions.
  ///
  /// Source: docs/google-apis.md#which-role-holds-a-permission.
  package struct RoleAdvice: Sendable {
    /// For `get` and `list`; nil if no role is usual.
    package var reads: String?
    /// For all other verbs; nil if no role is usual.
    package var writes: String?
    /// For single verbs; these take precedence.
    package var verbs: [String: String]
    /// Roles by their purpose.
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

  /// How one call reads several resources.
  package enum Grouping: Sendable {
    /// By the list of a collection: the member of the answer with the resources, and the largest page of the API.
    case list(items: String, pageSize: Int, query: [(String, String)] = [])
    /// By a custom method on the collection that names at most `size` of them, each by a query parameter.
    case batch(verb: String, parameter: String, items: String, size: Int)
    /// Not at all: each has a call of its own.
    case alone
  }

  /// The list of the existing resources of a kind that is read in batches. It proves that a resource exists, and nothing
  /// about the others.
  package struct Inventory: Sendable {
    /// The largest page of the API.
    package var pageSize: Int
    /// The query that selects the resources, and the members of the answer.
    package var query: [(String, String)]
    /// A list with this query.
    package init(pageSize: Int, query: [(String, String)]) {
      self.pageSize = pageSize
      self.query = query
    }
  }

  /// The answer of a write.
  package enum Answer: Sendable {
    /// The resource as it is now.
    case resource
    /// A long-running operation, to be polled in this version of the API.
    case operation(version: String)
    /// An empty object.
    case empty
  }

  /// The call that creates one.
  package struct CreateCall: Sendable {
    /// The place of the new id.
    package enum IDPlace: Sendable {
      /// A query parameter; the body is the resource.
      case query(String)
      /// A member of the resource, which is the body.
      case member(String)
      /// A member of the body, beside the one that holds the resource.
      case beside(id: String, resource: String)
    }
    /// The place of the new id.
    package var id: IDPlace
    /// Its answer.
    package var answer: Answer
    /// A refusal that blocks the id, by words in Google's message, and the remedy.
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
    /// The place of the update mask.
    package enum MaskPlace: Sendable {
      /// In the query; a field that the body leaves out is reset.
      case query
      /// In the body, beside the member with the resource; an empty text resets a field.
      case body(resource: String)
    }
    /// Google's name of the method, for labels and permissions.
    package var method: String
    /// The place of the update mask.
    package var mask: MaskPlace
    /// Whether it sends the etag that was read.
    package var sendsETag: Bool
    /// Its answer.
    package var answer: Answer
    /// A PATCH of the resource's name.
    package init(method: String = "update", mask: MaskPlace, sendsETag: Bool, answer: Answer) {
      self.method = method
      self.mask = mask
      self.sendsETag = sendsETag
      self.answer = answer
    }
  }

  /// A call without fields: the DELETE of a resource, or the custom method `undelete` on its name.
  package struct PlainCall: Sendable {
    /// Whether it sends the etag that was read: in the query of a DELETE, in the body of a POST.
    package var sendsETag: Bool
    /// Its answer.
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
    /// A POST with the format in the body, to another version of the API than the resource's.
    case postWithOptions(version: String)
  }
}
