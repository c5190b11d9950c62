namespace RobustMeta.Data.Reading;

/// <summary>Opens addresses over HTTP: encrypted, unless the catalog allows otherwise, also after redirects.</summary>
internal static class HttpDownloads
{
    private const int MostRedirects = 8;

    // Ends with the process; one client for all downloads.
    private static readonly Lazy<HttpClient> Client = new(() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(30) })
        {
            Timeout = TimeSpan.FromMinutes(2),
        }
    );

    /// <summary>Opens an address.</summary>
    /// <exception cref="IOException">It cannot be reached, or it leads to an unencrypted address.</exception>
    public static Download Open(Uri address)
    {
        var current = address;
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            var response = Ask(current);
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location)
            {
                if (!response.IsSuccessStatusCode)
                {
                    throw new IOException($"{current} answers {(int)response.StatusCode} {response.ReasonPhrase}");
                }
                var content = response.Content;
                return new(
                    content.ReadAsStreamAsync().GetAwaiter().GetResult(),
                    content.Headers.ContentLength,
                    current
                );
            }
            response.Dispose();
            var next = new Uri(current, location);
            if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != address.Scheme)
            {
                throw new IOException($"{current} redirects to {next}, which is not https");
            }
            current = next;
        }
        throw new IOException($"{address} redirects more than {MostRedirects} times");
    }

    private static HttpResponseMessage Ask(Uri address)
    {
        try
        {
            return Client.Value.GetAsync(address, HttpCompletionOption.ResponseHeadersRead).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or NotSupportedException)
        {
            throw new IOException($"{address} cannot be reached: {error.Message}", error);
        }
    }
}
