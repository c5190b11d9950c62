using System.Globalization;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>
/// Steam's 200,000 rows (Kaggle, tamber): user, title, <c>purchase</c> or <c>play</c>, hours, 0, without a header. The option
/// <c>behaviour</c> chooses the rows: purchases (value 1; the default) or plays (hours; the rule for duplicates should be <c>sum</c>).
/// The only feature of a game is the words of its title.
/// </summary>
internal sealed class SteamReader : DatasetReader
{
    private const string File = "steam-200k.csv";
    private const string Purchase = "purchase";
    private const string Play = "play";

    public override string Format => "steam";

    public override string Meaning => "Steam's 200,000 purchases and plays; option behaviour = purchase or play";

    public override ReaderExample Example =>
        new(
            [
                (
                    File,
                    "7,\"Sid Meier's Civilization V\",purchase,1.0,0\n7,\"Sid Meier's Civilization V\",play,12.5,0\n8,Dota 2,purchase,1.0,0\n7,Dota 2,purchase,1.0,0\n"
                ),
            ],
            [("7", "Sid Meier's Civilization V", 1), ("8", "Dota 2", 1), ("7", "Dota 2", 1)]
        );

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) => [File];

    protected override Ratings ReadFrom(ReaderSource source)
    {
        var wanted = source.Option("behaviour") ?? Purchase;
        if (wanted is not (Purchase or Play))
        {
            throw new Settings.SettingException(
                $"{source.Name}: the option behaviour is '{Excerpt.Of(wanted)}'; it must be purchase or play."
            );
        }
        var ratings = source.Collect();
        using var reader = source.Lines(File);
        var records = new DelimitedRecords(reader, new() { Separator = ",", Header = false });
        while (records.TryRead())
        {
            var behaviour = Encoding.UTF8.GetString(records.Token(2, "purchase or play"));
            if (behaviour is not (Purchase or Play))
            {
                throw records.Error(2, "purchase or play");
            }
            var hours = records.Single(3, "hours");
            if (behaviour == wanted)
            {
                ratings.Add(
                    records.Token(0, "a user"),
                    records.Token(1, "a title"),
                    wanted == Play ? hours : 1,
                    0,
                    reader
                );
            }
        }
        if (ratings.Count == 0)
        {
            throw Empty(reader.Path, 0);
        }
        var games = new FeatureTableBuilder(ratings.Items([]), ("title", FeatureKind.Bag));
        foreach (var title in games.Entities.Tokens)
        {
            games.Set(title, reader.Path, 1, FeatureValue.Of(Words(title)));
        }
        return ratings.Build(source.Name, new(ratings.Users()), games);
    }

    // Words of letters and digits, each once; those that say nothing about a game are left out.
    private static IReadOnlyList<string> Words(string title) =>
        [
            .. string.Concat(title.Select(c => char.IsLetterOrDigit(c) || c == '\'' ? c : ' '))
                .ToLower(CultureInfo.InvariantCulture)
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word is not ("the" or "of" or "and" or "a" or "in" or "to"))
                .Distinct(),
        ];
}
