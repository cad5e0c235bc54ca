// Generated from crds/ by `npm run generate`. Do not edit.
import type { ObjectMeta } from '../object-meta.ts';

/**
 * One QuestDB database: an EC2 instance of its own (or any node of the cluster), an EBS volume and a StatefulSet with all it needs. Deleting it keeps the data: its PersistentVolumeClaim stays, and the same manifest applied again finds it.
 */
export interface QuestDB {
  /**
   * The version of the schema, questdb-fleet.dev/v1alpha1.
   */
  apiVersion: string;
  /**
   * QuestDB.
   */
  kind: string;
  metadata: ObjectMeta;
  /**
   * What is wanted of this database.
   */
  spec: {
    /**
     * The QuestDB version to run, as major.minor.patch, for example 9.3.4; it is the tag of the image. Required. A higher one of the same major version is an upgrade in place: the database restarts once. A lower one than has answered (status.version), or one of another major version, is refused with a condition, and the database goes on with the one it has.
     */
    version: string;
    /**
     * Where the image comes from. Default, questdb/questdb with the version as its tag. On a change the database restarts once.
     */
    image?: {
      /**
       * The repository of the image, without a tag. Default questdb/questdb.
       */
      repository: string;
      /**
       * The digest the image must have, sha256 and 64 hexadecimal digits. Default, whatever the tag names.
       */
      digest?: string;
    };
    /**
     * The EC2 instance this database has for itself. Without it the database runs on any node of the cluster that has room. Its presence cannot be changed.
     */
    node?: {
      /**
       * The EC2 instance type, for example r6i.2xlarge. It must be offered in the zone. On a change the database moves to a new instance, as replacement says.
       */
      instanceType: string;
      /**
       * The availability zone, for example eu-west-1a. It must be one of the zones of the QuestDBNodeClass. Default, the zone of the volume that exists, else a zone of the class chosen by the database's name.
       */
      zone?: string;
      /**
       * The name of the QuestDBNodeClass that says how instances are made. Default "default". On a change the database moves to a new instance, as replacement says.
       */
      className: string;
      /**
       * How the database gets to another instance. SurgeFirst: the new one is up before the pod moves; for minutes two are paid. Recreate: the database stops, the old instance goes, the new one is launched; for when there is no capacity for two. Default SurgeFirst.
       */
      replacement: 'SurgeFirst' | 'Recreate';
      /**
       * Tags on the instance, its root volume and its network interface beside those of the class, which they win over. A change is applied to the instance that runs; a tag that is removed here stays on it.
       */
      tags?: {
        [k: string]: string;
      };
    };
    /**
     * The data volume.
     */
    storage: {
      /**
       * The size of the volume as a quantity, for example 100Gi. From 1Gi to 65536Gi (what a gp3 volume may have). A bigger size grows the volume and its file system while the database runs; it never shrinks.
       */
      size: string | number;
      /**
       * The StorageClass of the volume. It must retain its volumes (reclaimPolicy Retain). Default "questdb". Fixed once the database exists.
       */
      storageClassName: string;
      /**
       * Input/output operations per second of the EBS volume, from 3000 to 80000, at most 500 per GiB. A change is made while the database runs. Default, and when it is removed, what the volume has (3000 for a new gp3 volume).
       */
      iops?: number;
      /**
       * Throughput of the EBS volume in MiB/s, from 125 to 2000, at most a quarter of its iops. A change is made while the database runs. Default, and when it is removed, what the volume has (125 for a new gp3 volume).
       */
      throughput?: number;
      /**
       * What becomes of the volume when this QuestDB is deleted. Retain keeps it, and the same manifest applied again finds it. Delete deletes it, only if the QuestDB carries the annotation questdb-fleet.dev/confirm-delete with its own name; without it the deletion is refused. Default Retain. May be changed at any time.
       */
      deletionPolicy: 'Retain' | 'Delete';
      /**
       * What to do when data from before of a database of this name and namespace is found. Adopt takes it up. Refuse touches nothing and says so, for platforms that use names again. Default Adopt. May be changed at any time.
       */
      existing: 'Adopt' | 'Refuse';
      /**
       * Data that exists already and becomes this database's. Exactly one source. Fixed; it may be removed once the volume is bound. Default, the data this database had before, else an empty volume.
       */
      from?: {
        /**
         * A PersistentVolumeClaim in this namespace that no pod and no living database uses.
         */
        claimName?: string;
        /**
         * The id of an EBS volume that no other living object owns, for example vol-0123456789abcdef0.
         */
        volumeHandle?: string;
        /**
         * What lies at the root of the volume. Root is QuestDB's root directory, with db/ in it; DbOnly is what is in db/ alone, as installations made it that mounted their volume there. It is checked before the database starts, and may be corrected. Default Root.
         */
        layout?: 'Root' | 'DbOnly';
      };
    };
    /**
     * True stops the database and gives its instance up; the volume, the Service and the credentials stay. False, which is the default, starts it again, on a new instance. May be changed at any time.
     */
    suspend?: boolean;
    /**
     * For trials. How long after its creation the database is suspended, as hours, minutes and seconds, for example 336h; nothing is ever deleted. It is told before by the condition Expiring and an event. A longer time, or none, starts it again. Default, never.
     */
    expireAfter?: string;
    /**
     * Keys of QuestDB's server.conf and their values, at most 256. Keys that the operator owns (addresses, users, root, health, metrics) are refused. A change of keys that QuestDB can reload is taken over while it runs, within about a minute; any other change restarts the database once. The condition ConfigAccepted says which, and lists keys that QuestDB does not know.
     */
    config?: {
      [k: string]: string;
    };
    /**
     * CPU and memory of the database's container. Default on an instance of its own, requests for about 80 % of what its Node has to give, and no limits, since the page cache counts as memory; on any node of the cluster, requests for 250m and 512Mi. On a change the database restarts once.
     */
    resources?: {
      /**
       * What is kept free for the database. What is not given here has the default, or the limit where that is less.
       */
      requests?: {
        /**
         * Cores, for example 4, or thousandths of one, for example 1500m.
         */
        cpu?: string;
        /**
         * Memory in Mi or Gi, for example 24Gi.
         */
        memory?: string;
      };
      /**
       * The most it may take. Default, no limit. A memory limit counts the page cache, which QuestDB lives from.
       */
      limits?: {
        /**
         * Cores, for example 4, or thousandths of one, for example 1500m.
         */
        cpu?: string;
        /**
         * Memory in Mi or Gi, for example 24Gi.
         */
        memory?: string;
      };
    };
    /**
     * The Service that clients connect to. May be changed at any time, and restarts nothing.
     */
    service?: {
      /**
       * Who reaches it. ClusterIP, the cluster alone; NodePort and LoadBalancer, others too, and then without port 9003, which asks for no password. A load balancer's clients must be let in by spec.network.from. Default ClusterIP.
       */
      type: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
      /**
       * Annotations of the Service, for example those of the AWS Load Balancer Controller. At most 32.
       */
      annotations?: {
        [k: string]: string;
      };
    };
    /**
     * Who may connect, by a NetworkPolicy; it takes effect where the cluster's network enforces those. May be changed at any time, and restarts nothing.
     */
    network?: {
      /**
       * Peers that may connect to the client ports (9000, 8812, 9009), as in a NetworkPolicy. An empty list lets nobody in but the operator and monitoring. Default, every pod of the cluster.
       *
       * Items: One kind of peer. A namespaceSelector and a podSelector together mean those pods in those namespaces.
       */
      from?: {
        /**
         * Pods by their labels; without a namespaceSelector, of this namespace.
         */
        podSelector?: {
          /**
           * Labels that must be there with these values.
           */
          matchLabels?: {
            [k: string]: string;
          };
          /**
           * Conditions on labels, all of which must hold.
           *
           * Items: One condition.
           */
          matchExpressions?: {
            /**
             * The label.
             */
            key: string;
            /**
             * What must hold of its value, or that it is there, or is not.
             */
            operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
            /**
             * The values of In and NotIn.
             *
             * Items: One of them.
             */
            values?: string[];
          }[];
        };
        /**
         * Namespaces by their labels; each has kubernetes.io/metadata.name.
         */
        namespaceSelector?: {
          /**
           * Labels that must be there with these values.
           */
          matchLabels?: {
            [k: string]: string;
          };
          /**
           * Conditions on labels, all of which must hold.
           *
           * Items: One condition.
           */
          matchExpressions?: {
            /**
             * The label.
             */
            key: string;
            /**
             * What must hold of its value, or that it is there, or is not.
             */
            operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
            /**
             * The values of In and NotIn.
             *
             * Items: One of them.
             */
            values?: string[];
          }[];
        };
        /**
         * Addresses outside the cluster.
         */
        ipBlock?: {
          /**
           * A range of addresses, for example 10.0.0.0/16.
           */
          cidr: string;
          /**
           * Ranges within it that are not meant.
           *
           * Items: One range.
           */
          except?: string[];
        };
      }[];
    };
    /**
     * What the database's pod has beside what the operator gives it. On a change the database restarts once.
     */
    pod?: {
      /**
       * Labels of the pod, at most 32.
       */
      labels?: {
        [k: string]: string;
      };
      /**
       * Annotations of the pod, at most 32.
       */
      annotations?: {
        [k: string]: string;
      };
      /**
       * Taints the pod tolerates, beside that of an instance of its own. At most 16.
       *
       * Items: One taint, or all of a kind.
       */
      tolerations?: {
        /**
         * The key of the taint. Default, every key.
         */
        key?: string;
        /**
         * How the value is compared. Default Equal.
         */
        operator?: 'Equal' | 'Exists';
        /**
         * The value of the taint.
         */
        value?: string;
        /**
         * The effect of the taint. Default, every effect.
         */
        effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
        /**
         * How long a taint with NoExecute is tolerated, in seconds. Default, for ever.
         */
        tolerationSeconds?: number;
      }[];
      /**
       * Where the pod may run, as in a pod. For databases without an instance of their own; one with an instance runs there.
       */
      affinity?: {
        /**
         * By labels of Nodes.
         */
        nodeAffinity?: {
          /**
           * What must hold.
           */
          requiredDuringSchedulingIgnoredDuringExecution?: {
            /**
             * Terms, one of which must hold.
             *
             * Items: Conditions, all of which must hold.
             */
            nodeSelectorTerms: {
              /**
               * Conditions on labels of the Node.
               *
               * Items: One condition.
               */
              matchExpressions?: {
                /**
                 * The label.
                 */
                key: string;
                /**
                 * What must hold of its value, or that it is there, or is not.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
                /**
                 * The values of In and NotIn.
                 *
                 * Items: One of them.
                 */
                values?: string[];
              }[];
            }[];
          };
          /**
           * What is better.
           *
           * Items: A preference and how much it weighs.
           */
          preferredDuringSchedulingIgnoredDuringExecution?: {
            /**
             * From 1 to 100.
             */
            weight: number;
            /**
             * Conditions, all of which must hold.
             */
            preference: {
              /**
               * Conditions on labels of the Node.
               *
               * Items: One condition.
               */
              matchExpressions?: {
                /**
                 * The label.
                 */
                key: string;
                /**
                 * What must hold of its value, or that it is there, or is not.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
                /**
                 * The values of In and NotIn.
                 *
                 * Items: One of them.
                 */
                values?: string[];
              }[];
            };
          }[];
        };
        /**
         * Near pods with these labels.
         */
        podAffinity?: {
          /**
           * What must hold.
           *
           * Items: Pods, and what being near them means.
           */
          requiredDuringSchedulingIgnoredDuringExecution?: {
            /**
             * The label of Nodes that must be the same, for example topology.kubernetes.io/zone.
             */
            topologyKey: string;
            /**
             * The pods.
             */
            labelSelector?: {
              /**
               * Labels that must be there with these values.
               */
              matchLabels?: {
                [k: string]: string;
              };
              /**
               * Conditions on labels, all of which must hold.
               *
               * Items: One condition.
               */
              matchExpressions?: {
                /**
                 * The label.
                 */
                key: string;
                /**
                 * What must hold of its value, or that it is there, or is not.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                /**
                 * The values of In and NotIn.
                 *
                 * Items: One of them.
                 */
                values?: string[];
              }[];
            };
            /**
             * The namespaces of the pods. Default, this one.
             */
            namespaceSelector?: {
              /**
               * Labels that must be there with these values.
               */
              matchLabels?: {
                [k: string]: string;
              };
              /**
               * Conditions on labels, all of which must hold.
               *
               * Items: One condition.
               */
              matchExpressions?: {
                /**
                 * The label.
                 */
                key: string;
                /**
                 * What must hold of its value, or that it is there, or is not.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                /**
                 * The values of In and NotIn.
                 *
                 * Items: One of them.
                 */
                values?: string[];
              }[];
            };
            /**
             * The namespaces of the pods by name.
             *
             * Items: One of them.
             */
            namespaces?: string[];
          }[];
          /**
           * What is better.
           *
           * Items: A preference and how much it weighs.
           */
          preferredDuringSchedulingIgnoredDuringExecution?: {
            /**
             * From 1 to 100.
             */
            weight: number;
            /**
             * Pods, and what being near them means.
             */
            podAffinityTerm: {
              /**
               * The label of Nodes that must be the same, for example topology.kubernetes.io/zone.
               */
              topologyKey: string;
              /**
               * The pods.
               */
              labelSelector?: {
                /**
                 * Labels that must be there with these values.
                 */
                matchLabels?: {
                  [k: string]: string;
                };
                /**
                 * Conditions on labels, all of which must hold.
                 *
                 * Items: One condition.
                 */
                matchExpressions?: {
                  /**
                   * The label.
                   */
                  key: string;
                  /**
                   * What must hold of its value, or that it is there, or is not.
                   */
                  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                  /**
                   * The values of In and NotIn.
                   *
                   * Items: One of them.
                   */
                  values?: string[];
                }[];
              };
              /**
               * The namespaces of the pods. Default, this one.
               */
              namespaceSelector?: {
                /**
                 * Labels that must be there with these values.
                 */
                matchLabels?: {
                  [k: string]: string;
                };
                /**
                 * Conditions on labels, all of which must hold.
                 *
                 * Items: One condition.
                 */
                matchExpressions?: {
                  /**
                   * The label.
                   */
                  key: string;
                  /**
                   * What must hold of its value, or that it is there, or is not.
                   */
                  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                  /**
                   * The values of In and NotIn.
                   *
                   * Items: One of them.
                   */
                  values?: string[];
                }[];
              };
              /**
               * The namespaces of the pods by name.
               *
               * Items: One of them.
               */
              namespaces?: string[];
            };
          }[];
        };
        /**
         * Away from pods with these labels.
         */
        podAntiAffinity?: {
          /**
           * What must hold.
           *
           * Items: Pods, and what being near them means.
           */
          requiredDuringSchedulingIgnoredDuringExecution?: {
            /**
             * The label of Nodes that must be the same, for example topology.kubernetes.io/zone.
             */
            topologyKey: string;
            /**
             * The pods.
             */
            labelSelector?: {
              /**
               * Labels that must be there with these values.
               */
              matchLabels?: {
                [k: string]: string;
              };
              /**
               * Conditions on labels, all of which must hold.
               *
               * Items: One condition.
               */
              matchExpressions?: {
                /**
                 * The label.
                 */
                key: string;
                /**
                 * What must hold of its value, or that it is there, or is not.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                /**
                 * The values of In and NotIn.
                 *
                 * Items: One of them.
                 */
                values?: string[];
              }[];
            };
            /**
             * The namespaces of the pods. Default, this one.
             */
            namespaceSelector?: {
              /**
               * Labels that must be there with these values.
               */
              matchLabels?: {
                [k: string]: string;
              };
              /**
               * Conditions on labels, all of which must hold.
               *
               * Items: One condition.
               */
              matchExpressions?: {
                /**
                 * The label.
                 */
                key: string;
                /**
                 * What must hold of its value, or that it is there, or is not.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                /**
                 * The values of In and NotIn.
                 *
                 * Items: One of them.
                 */
                values?: string[];
              }[];
            };
            /**
             * The namespaces of the pods by name.
             *
             * Items: One of them.
             */
            namespaces?: string[];
          }[];
          /**
           * What is better.
           *
           * Items: A preference and how much it weighs.
           */
          preferredDuringSchedulingIgnoredDuringExecution?: {
            /**
             * From 1 to 100.
             */
            weight: number;
            /**
             * Pods, and what being near them means.
             */
            podAffinityTerm: {
              /**
               * The label of Nodes that must be the same, for example topology.kubernetes.io/zone.
               */
              topologyKey: string;
              /**
               * The pods.
               */
              labelSelector?: {
                /**
                 * Labels that must be there with these values.
                 */
                matchLabels?: {
                  [k: string]: string;
                };
                /**
                 * Conditions on labels, all of which must hold.
                 *
                 * Items: One condition.
                 */
                matchExpressions?: {
                  /**
                   * The label.
                   */
                  key: string;
                  /**
                   * What must hold of its value, or that it is there, or is not.
                   */
                  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                  /**
                   * The values of In and NotIn.
                   *
                   * Items: One of them.
                   */
                  values?: string[];
                }[];
              };
              /**
               * The namespaces of the pods. Default, this one.
               */
              namespaceSelector?: {
                /**
                 * Labels that must be there with these values.
                 */
                matchLabels?: {
                  [k: string]: string;
                };
                /**
                 * Conditions on labels, all of which must hold.
                 *
                 * Items: One condition.
                 */
                matchExpressions?: {
                  /**
                   * The label.
                   */
                  key: string;
                  /**
                   * What must hold of its value, or that it is there, or is not.
                   */
                  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                  /**
                   * The values of In and NotIn.
                   *
                   * Items: One of them.
                   */
                  values?: string[];
                }[];
              };
              /**
               * The namespaces of the pods by name.
               *
               * Items: One of them.
               */
              namespaces?: string[];
            };
          }[];
        };
      };
      /**
       * A PriorityClass that exists. Default, that of the cluster.
       */
      priorityClassName?: string;
      /**
       * Environment variables of the database, at most 64. One called QDB_ and a key of server.conf in capitals wins over spec.config; those of keys that the operator owns are refused.
       *
       * Items: One variable.
       */
      env?: {
        /**
         * Its name.
         */
        name: string;
        /**
         * Its value. Default, empty.
         */
        value?: string;
        /**
         * Where its value is read from when the pod starts.
         */
        valueFrom?: {
          /**
           * A key of a Secret of this namespace.
           */
          secretKeyRef?: {
            /**
             * Its name.
             */
            name: string;
            /**
             * The key.
             */
            key: string;
            /**
             * Whether the pod starts without it. Default false.
             */
            optional?: boolean;
          };
          /**
           * A key of a ConfigMap of this namespace.
           */
          configMapKeyRef?: {
            /**
             * Its name.
             */
            name: string;
            /**
             * The key.
             */
            key: string;
            /**
             * Whether the pod starts without it. Default false.
             */
            optional?: boolean;
          };
        };
      }[];
      /**
       * How long the database may take to write down what it has in memory when it is stopped, in seconds, from 120 to 3600. Default 120.
       */
      terminationGracePeriodSeconds?: number;
    };
    /**
     * Where the users of the database are read from. By default a Secret <name>-credentials is made, with a random password; it is kept when this object is deleted. Any new value of the annotation questdb-fleet.dev/rotate-credentials gives that Secret a new password and restarts the database once.
     */
    credentials?: {
      /**
       * A Secret of this namespace with the keys username and password, as kubernetes.io/basic-auth has them, for HTTP and for PostgreSQL wire; optional readonlyUsername and readonlyPassword for a PostgreSQL user who may only read. It is only read. Any change of it restarts the database once, within about a minute; a change of this field too.
       */
      secretName: string;
    };
  };
  /**
   * What was observed of this database. Written by the operator alone.
   */
  status?: {
    /**
     * The generation the operator was last called for. It says "called", not "done"; each condition has its own.
     */
    observedGeneration?: number;
    /**
     * Ready (wait for this one), Stalled (a human must act), and the parts of Ready, which are NodeReady, VolumeReady, ConfigAccepted and WriteHealthy; Replacing while the database moves to another instance; Resizing while its volume grows or changes; Upgrading while it gets to another version; Suspended when nothing of it runs; Expiring when spec.expireAfter is nearly over.
     *
     * Items: One condition, in the shape of metav1.Condition.
     */
    conditions?: {
      /**
       * The name of the condition.
       */
      type: string;
      /**
       * Whether it holds.
       */
      status: 'True' | 'False' | 'Unknown';
      /**
       * The generation of the object this was found for.
       */
      observedGeneration?: number;
      /**
       * When status changed last.
       */
      lastTransitionTime: string;
      /**
       * Why, in one word of a fixed list.
       */
      reason: string;
      /**
       * What is waited for or to be done.
       */
      message: string;
    }[];
    /**
     * The version the database itself answered last.
     */
    version?: string;
    /**
     * When it is suspended because spec.expireAfter is over.
     */
    expiresAt?: string;
    /**
     * Where clients in the cluster connect.
     */
    endpoints?: {
      /**
       * SQL over HTTP, the console, and ILP over HTTP.
       */
      http?: string;
      /**
       * PostgreSQL wire.
       */
      postgres?: string;
      /**
       * ILP over TCP.
       */
      ilp?: string;
    };
    /**
     * The instance the database runs on; absent without spec.node.
     */
    node?: {
      /**
       * The QuestDBNode.
       */
      name?: string;
      /**
       * The EC2 instance.
       */
      instanceId?: string;
      /**
       * Its type.
       */
      instanceType?: string;
      /**
       * Its availability zone.
       */
      zone?: string;
    };
    /**
     * Zones that cannot have the instance now; another one is tried as long as the database has no volume.
     *
     * Items: One zone.
     */
    unavailableZones?: {
      /**
       * The zone.
       */
      zone: string;
      /**
       * Why, for example InsufficientInstanceCapacity.
       */
      reason: string;
      /**
       * When it may be tried again.
       */
      until: string;
    }[];
    /**
     * The data volume.
     */
    volume?: {
      /**
       * The PersistentVolumeClaim.
       */
      name?: string;
      /**
       * The EBS volume.
       */
      volumeId?: string;
      /**
       * What it has, not what is wanted.
       */
      size?: string;
    };
  };
}
