using System.Runtime.InteropServices;

namespace RobustMeta.Runtime;

/// <summary>What tells one state of a file from another without reading it.</summary>
/// <param name="IsRegular">Whether it is a file with content, not a pipe, device, folder or a link that leads to none.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Modified">Time of the last change, in seconds and nanoseconds.</param>
/// <param name="Inode">Number of the file in its file system; 0 where there is none.</param>
internal readonly record struct FileIdentity(bool IsRegular, long Size, (long, long) Modified, long Inode)
{
    private const int FileTypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>The identity of a file; links are followed. Does not open the file: opening a pipe would block.</summary>
    public static FileIdentity Of(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            try
            {
                // The runtime takes a/../b for b, wherever a is; the system looks for a.
                if (Stat(Path.GetFullPath(path), out var status) == 0)
                {
                    return new(
                        (status.Mode & FileTypeMask) == RegularFile,
                        status.Size,
                        (status.ModifiedSeconds, status.ModifiedNanoseconds),
                        status.Inode
                    );
                }
                return default;
            }
            catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
            {
                // The runtime's own shim is not a promise: without it, pipes are not recognised.
            }
        }
        var info = new FileInfo(path);
        return new(
            info.Exists && (info.Attributes & (FileAttributes.Directory | FileAttributes.Device)) == 0,
            info.Exists ? info.Length : 0,
            (info.LastWriteTimeUtc.Ticks, 0),
            0
        );
    }

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat", SetLastError = true)]
    private static extern int Stat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out Status status);

    // The layout of Interop.Sys.FileStatus in System.Private.CoreLib.
    [StructLayout(LayoutKind.Sequential)]
    private struct Status
    {
        public int Flags;
        public int Mode;
        public uint User;
        public uint Group;
        public long Size;
        public long AccessedSeconds;
        public long AccessedNanoseconds;
        public long ModifiedSeconds;
        public long ModifiedNanoseconds;
        public long ChangedSeconds;
        public long ChangedNanoseconds;
        public long BornSeconds;
        public long BornNanoseconds;
        public long Device;
        public long RawDevice;
        public long Inode;
        public uint UserFlags;
    }
}
