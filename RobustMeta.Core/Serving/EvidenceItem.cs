namespace RobustMeta.Serving;

/// <summary>An item that a new user may be asked about.</summary>
/// <param name="Item">Identifier of the item.</param>
/// <param name="Value">What asking tells: information × popularity; the list is in this order.</param>
/// <param name="Information">
/// What a rating of the item tells about a user: the mean norm of its gradient, or the nats that it takes off the user's
/// uncertainty.
/// </param>
/// <param name="Popularity">How often the training users rated it, relative to the most popular item.</param>
public sealed record EvidenceItem(string Item, double Value, double Information, double Popularity);
