/*
 * Preloaded into a process, it writes down every call that changes or syncs a file of one folder: what was written, and
 * in which order, over all processes and threads that share the log. A lock is held from before a call until it is in
 * the log, so that the order of the log is the order of the disk.
 *
 * TURNO_POWER_FOLDER: the folder. TURNO_POWER_LOG: the log, which is read by read-recording.ts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef __GLIBC__
#error "the recorder needs glibc, whose names of calls it takes"
#endif

enum kind { WRITE = 1, TRUNCATE = 2, SYNC = 3, CREATE = 4, UNLINK = 5, RENAME = 6, MAKE_FOLDER = 7 };

/* Stands in the log before the path and the data. */
struct record {
  uint32_t kind;
  uint32_t path_length;
  uint64_t inode;
  /* Of a write; of a truncate the new size. */
  int64_t offset;
  uint64_t data_length;
  /* By CLOCK_MONOTONIC. */
  int64_t at_ns;
};

#define REAL(name) ((__typeof__(&name))real(&real_##name, #name))
#define DECLARE(name) static void *real_##name
DECLARE(write); DECLARE(writev); DECLARE(pwrite64); DECLARE(ftruncate64); DECLARE(fsync); DECLARE(fdatasync);
DECLARE(open64); DECLARE(openat64); DECLARE(unlink); DECLARE(rename); DECLARE(mkdir);

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static int log_file = -1;

static void *real(void **kept, const char *name) {
  if (*kept == NULL) *kept = dlsym(RTLD_NEXT, name);
  return *kept;
}

static void give_up(const char *what) {
  char text[256];
  int length = snprintf(text, sizeof text, "turno's recorder: %s: %s\n", what, strerror(errno));
  if (REAL(write)(2, text, (size_t)length) < 0) abort();
  abort();
}

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("TURNO_POWER_LOG");
  folder = getenv("TURNO_POWER_FOLDER");
  if (folder == NULL || path == NULL) {
    folder = NULL;
    return;
  }
  folder_length = strlen(folder);
  int opened = REAL(open64)(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (opened < 0) give_up(path);
  /* Out of the way of numbers that a program may count on. */
  log_file = fcntl(opened, F_DUPFD_CLOEXEC, 400);
  if (log_file < 0) give_up("no descriptor is left");
  close(opened);
}

static int is_inside(const char *path) {
  return folder != NULL && strncmp(path, folder, folder_length) == 0 &&
         (path[folder_length] == '/' || path[folder_length] == '\0');
}

static int ends_in(const char *path, const char *end) {
  size_t length = strlen(path), end_length = strlen(end);
  return length >= end_length && strcmp(path + length - end_length, end) == 0;
}

/* The index of the log is mapped memory, which a power cut clears. */
static int is_recorded(const char *path) { return is_inside(path) && !ends_in(path, "-shm"); }

/* Whether the descriptor is of a file that is recorded, and its path. */
static int is_recorded_file(int file, char path[PATH_MAX]) {
  if (folder == NULL) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  int kept = errno;
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  errno = kept;
  if (length < 0) return 0;
  path[length] = '\0';
  return is_recorded(path);
}

static void absolute(const char *path, char made[PATH_MAX]) {
  char here[PATH_MAX];
  if (path[0] == '/' || getcwd(here, sizeof here) == NULL) snprintf(made, PATH_MAX, "%s", path);
  else if (snprintf(made, PATH_MAX, "%s/%s", here, path) >= PATH_MAX) give_up(path);
}

static void lock(void) {
  pthread_mutex_lock(&mutex);
  /* The kernel frees it when a process is killed. */
  while (flock(log_file, LOCK_EX) != 0)
    if (errno != EINTR) give_up("the lock of the log");
}

static void unlock(void) {
  flock(log_file, LOCK_UN);
  pthread_mutex_unlock(&mutex);
}

static void put(struct record record, const char *path, const void *data) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  record.at_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
  record.path_length = (uint32_t)strlen(path);
  size_t length = sizeof record + record.path_length + record.data_length;
  char *whole = malloc(length);
  if (whole == NULL) give_up("no memory");
  memcpy(whole, &record, sizeof record);
  memcpy(whole + sizeof record, path, record.path_length);
  if (record.data_length > 0) memcpy(whole + sizeof record + record.path_length, data, record.data_length);
  if (REAL(write)(log_file, whole, length) != (ssize_t)length) give_up("the log");
  free(whole);
}

static uint64_t inode_of(int file) {
  struct stat found;
  return fstat(file, &found) == 0 ? (uint64_t)found.st_ino : 0;
}

static uint64_t inode_at(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 ? (uint64_t)found.st_ino : 0;
}

static void put_write(int file, const char *path, int64_t offset, const void *data, ssize_t length) {
  if (length <= 0) return;
  struct record record = {.kind = WRITE, .inode = inode_of(file), .offset = offset, .data_length = (uint64_t)length};
  put(record, path, data);
}

/* Does `call` under the lock and, where `success` holds, what comes after it. */
#define RECORDING(type, call, success, after) \
  lock();                                     \
  type result = call;                         \
  int kept = errno;                           \
  if (success) { after; }                     \
  unlock();                                   \
  errno = kept;                               \
  return result

ssize_t write(int file, const void *data, size_t length) {
  char path[PATH_MAX];
  if (!is_recorded_file(file, path)) return REAL(write)(file, data, length);
  RECORDING(ssize_t, REAL(write)(file, data, length), result > 0,
            put_write(file, path, lseek(file, 0, SEEK_CUR) - result, data, result));
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  char path[PATH_MAX];
  if (!is_recorded_file(file, path)) return REAL(writev)(file, parts, count);
  size_t length = 0;
  for (int at = 0; at < count; at++) length += parts[at].iov_len;
  char *whole = malloc(length + 1);
  if (whole == NULL) give_up("no memory");
  size_t filled = 0;
  for (int at = 0; at < count; at++) {
    memcpy(whole + filled, parts[at].iov_base, parts[at].iov_len);
    filled += parts[at].iov_len;
  }
  ssize_t written = write(file, whole, length);
  int kept = errno;
  free(whole);
  errno = kept;
  return written;
}

ssize_t pwrite64(int file, const void *data, size_t length, off64_t offset) {
  char path[PATH_MAX];
  if (!is_recorded_file(file, path)) return REAL(pwrite64)(file, data, length, offset);
  RECORDING(ssize_t, REAL(pwrite64)(file, data, length, offset), result > 0,
            put_write(file, path, offset, data, result));
}

ssize_t pwrite(int file, const void *data, size_t length, off_t offset) {
  return pwrite64(file, data, length, offset);
}

int ftruncate64(int file, off64_t size) {
  char path[PATH_MAX];
  if (!is_recorded_file(file, path)) return REAL(ftruncate64)(file, size);
  struct record record = {.kind = TRUNCATE, .inode = inode_of(file), .offset = size};
  RECORDING(int, REAL(ftruncate64)(file, size), result == 0, put(record, path, NULL));
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int fsync(int file) {
  char path[PATH_MAX];
  if (!is_recorded_file(file, path)) return REAL(fsync)(file);
  struct record record = {.kind = SYNC, .inode = inode_of(file)};
  RECORDING(int, REAL(fsync)(file), result == 0, put(record, path, NULL));
}

int fdatasync(int file) {
  char path[PATH_MAX];
  if (!is_recorded_file(file, path)) return REAL(fdatasync)(file);
  struct record record = {.kind = SYNC, .inode = inode_of(file)};
  RECORDING(int, REAL(fdatasync)(file), result == 0, put(record, path, NULL));
}

/* A file that came into being, or lost its content, by being opened. */
static void put_opened(int file, int flags, int was_there) {
  char path[PATH_MAX];
  if (!is_recorded_file(file, path)) return;
  struct record record = {.inode = inode_of(file)};
  if (!was_there) record.kind = CREATE;
  else if ((flags & O_TRUNC) != 0) record.kind = TRUNCATE;
  if (record.kind != 0) put(record, path, NULL);
}

/* The mode is read where there is none, too, and then not looked at: so it is with the calls that these stand for. */
#define MODE_AFTER(flags)             \
  va_list more;                       \
  va_start(more, flags);              \
  mode_t mode = va_arg(more, mode_t); \
  va_end(more)

int openat64(int at, const char *path, int flags, ...) {
  MODE_AFTER(flags);
  if (folder == NULL || (flags & (O_CREAT | O_TRUNC)) == 0) return REAL(openat64)(at, path, flags, mode);
  lock();
  struct stat found;
  int was_there = fstatat(at, path, &found, 0) == 0;
  int result = REAL(openat64)(at, path, flags, mode);
  int kept = errno;
  if (result >= 0) put_opened(result, flags, was_there);
  unlock();
  errno = kept;
  return result;
}

int open64(const char *path, int flags, ...) {
  MODE_AFTER(flags);
  return openat64(AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...) {
  MODE_AFTER(flags);
  return openat64(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int at, const char *path, int flags, ...) {
  MODE_AFTER(flags);
  return openat64(at, path, flags | O_LARGEFILE, mode);
}

int unlink(const char *path) {
  char whole[PATH_MAX];
  absolute(path, whole);
  if (!is_recorded(whole)) return REAL(unlink)(path);
  lock();
  struct record record = {.kind = UNLINK, .inode = inode_at(whole)};
  int result = REAL(unlink)(path);
  int kept = errno;
  if (result == 0) put(record, whole, NULL);
  unlock();
  errno = kept;
  return result;
}

/* Its data is the new path. */
int rename(const char *from, const char *to) {
  char whole[PATH_MAX], target[PATH_MAX];
  absolute(from, whole);
  absolute(to, target);
  if (!is_recorded(whole) && !is_recorded(target)) return REAL(rename)(from, to);
  lock();
  struct record record = {.kind = RENAME, .inode = inode_at(whole), .data_length = strlen(target)};
  int result = REAL(rename)(from, to);
  int kept = errno;
  if (result == 0) put(record, whole, target);
  unlock();
  errno = kept;
  return result;
}

int mkdir(const char *path, mode_t mode) {
  char whole[PATH_MAX];
  absolute(path, whole);
  if (!is_recorded(whole)) return REAL(mkdir)(path, mode);
  struct record record = {.kind = MAKE_FOLDER};
  RECORDING(int, REAL(mkdir)(path, mode), result == 0, put(record, whole, NULL));
}
